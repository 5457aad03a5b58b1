/** A process that could not be started, did not become ready, or ended early. The message says what to do. */
export class ProcessError extends Error {
  override readonly name = 'ProcessError';

  static isInstance(error: unknown): error is ProcessError {
    return error instanceof Error && error.name === 'ProcessError';
  }
}
