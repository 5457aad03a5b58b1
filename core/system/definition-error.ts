/** A mistake in a user's definition. The message names the component and field, what was expected and how to fix it. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
  static isInstance(error: unknown): error is DefinitionError {
    return error instanceof Error && error.name === 'DefinitionError';
  }
}
