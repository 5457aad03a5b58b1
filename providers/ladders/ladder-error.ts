/** A step of a ladder that was tried, and why it did not serve. */
export interface FailedStep {
  readonly step: string;
  readonly reason: string;
}

/** No step of a ladder served: the message lists every step with its reason and says the one thing to do. */
export class LadderError extends Error {
  override readonly name = 'LadderError';

  constructor(
    readonly what: string,
    readonly tried: readonly FailedStep[],
    readonly remedy: string,
  ) {
    const lines = tried.map(({ step, reason }) => `  - ${step}: ${reason.replaceAll('\n', '\n    ')}`);
    super(`${what} could not be found or installed. Tried:\n${lines.join('\n')}\nWhat to do: ${remedy}`);
  }

  /** True for this class from any copy of the package. */
  static isInstance(error: unknown): error is LadderError {
    return error instanceof Error && error.name === 'LadderError';
  }
}
