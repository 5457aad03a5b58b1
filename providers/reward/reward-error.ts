/** What mends a reward that cannot be used: no command fits one anew within a run. */
export const howToFitAnew =
  'fit the reward anew: cancel the run and start a new one with another --seed, as the same seed finds what was fitted';

/** A reward artefact or manifest cannot be used. The message says what was expected and how to fix it. */
export class RewardError extends Error {
  override readonly name = 'RewardError';

  /** @param fault what is wrong, without what to do about it: for a record of what was done already. */
  constructor(
    readonly fault: string,
    remedy: string,
    options: { cause?: unknown } = {},
  ) {
    super(`${fault}; ${remedy}`, options);
  }

  static isInstance(error: unknown): error is RewardError {
    return error instanceof Error && error.name === 'RewardError';
  }
}
