/** One past iteration, as the level of the next one depends on it. */
export interface PastTest {
  iteration: number;
  accepted: boolean;
  /** The level at which it was tested. */
  level: number;
}

/**
 * The level of an iteration's test by online fallback (Tian and Ramdas 2021, "Online control of the familywise error
 * rate"): an even share of `alpha`, and the level of the iteration before where that accepted something. The chance that
 * any test rejects falsely is then at most `alpha`, however the tests depend on each other, if each holds its level: on examples
 * that chose neither incumbent nor candidate, which a run's are not throughout (docs/operations.md, "Acceptance").
 *
 * @throws RangeError for an iteration (counted from 0) that is not one of the `iterations` of the plan.
 */
export function levelOf(options: {
  /** Highest chance, over all iterations, of a false rejection. */
  alpha: number;
  iterations: number;
  iteration: number;
  before: readonly PastTest[];
}): number {
  const { alpha, iterations, iteration, before } = options;
  if (!(iteration >= 0 && iteration < iterations)) {
    throw new RangeError(`levelOf: iteration ${iteration} is not one of the ${iterations} that alpha was shared among`);
  }
  const last = before.find((test) => test.iteration === iteration - 1);
  return alpha / iterations + (last?.accepted === true ? last.level : 0);
}
