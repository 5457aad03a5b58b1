/**
 * Shares of the largest bet that keeps the capital from falling below 0, all played at once: large bets win where the values
 * hardly vary, small ones where they vary much.
 */
const shares = [1, 0.8, 0.6, 0.4, 0.2, 0.1];

/**
 * Upper confidence bound of the mean of independent values in `[low, high]`, valid at every sample size: the true mean is above it with
 * probability at most `delta`. No distribution is assumed, and the bound adapts to the variance.
 *
 * A bet against every mean m (Waudby-Smith and Ramdas 2024, "Estimating means of bounded random variables by betting"): if the mean
 * is at least m, `prod_i (1 - share (x_i - m) / (high - m))` is a non-negative supermartingale that starts at 1, and so is
 * its average over `shares`. It reaches 1 / delta with probability at most delta, so that every m at which it does is excluded.
 * The shares are fixed beforehand, not estimated from the values before: the bound depends on no order of the values, and holds too where earlier values
 * decided whether more were measured (successive halving).
 *
 * @throws RangeError for no values, one outside `bounds`, bounds in the wrong order or a delta outside (0, 1).
 */
export function meanUpperBound(
  values: readonly number[],
  { delta, bounds: [low, high] = [-1, 1] }: { delta: number; bounds?: readonly [number, number] },
): number {
  if (values.length === 0) throw new RangeError('meanUpperBound: there are no values; give at least one');
  if (!(low < high && Number.isFinite(high - low))) {
    throw new RangeError(
      `meanUpperBound: the bounds are ${low} and ${high}; expected two numbers, the lower one first`,
    );
  }
  if (!(delta > 0 && delta < 1)) throw new RangeError(`meanUpperBound: delta must be between 0 and 1, not ${delta}`);
  const outside = values.findIndex((value) => !(value >= low && value <= high));
  if (outside >= 0) {
    throw new RangeError(`meanUpperBound: value ${outside} is ${values[outside]}; expected one in [${low}, ${high}]`);
  }
  const wanted = Math.log(1 / delta);
  // The capital rises with m: what is excluded is an interval up to `high`.
  let [possible, excluded] = [low, high];
  for (let step = 0; step < 30; step++) {
    const mean = (possible + excluded) / 2;
    if (logCapital(values, mean, high) >= wanted) excluded = mean;
    else possible = mean;
  }
  return excluded;
}

/** Natural logarithm of the mean capital of all bets against a mean of at least `mean`. */
function logCapital(values: readonly number[], mean: number, high: number): number {
  // At most 1, also when rounded: no bet loses more than it has.
  const outcomes = values.map((value) => (value - mean) / (high - mean));
  const logs = shares.map((share) => {
    let log = 0;
    let product = 1;
    for (const outcome of outcomes) {
      product *= 1 - share * outcome;
      if (product < 1e-100 || product > 1e100) {
        log += Math.log(product);
        product = 1;
      }
    }
    return log + Math.log(product);
  });
  const largest = Math.max(...logs);
  return largest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - largest), 0) / shares.length);
}
