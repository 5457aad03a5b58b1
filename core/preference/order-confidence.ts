import { mean } from '../validation/moments';

/**
 * The variance of one rollout's score around its candidate's mean, pooled over candidates with several rollouts, in squared
 * units of the metric; 0 where no candidate has two, or all agree. Downstream components that answer alike make it 0.
 */
export function rolloutVariance(scores: readonly (readonly number[])[]): number {
  let [squares, degreesOfFreedom] = [0, 0];
  for (const own of scores) {
    if (own.length < 2) continue;
    const centre = mean(own);
    for (const score of own) squares += (score - centre) ** 2;
    degreesOfFreedom += own.length - 1;
  }
  return degreesOfFreedom === 0 ? 0 : squares / degreesOfFreedom;
}

/**
 * How sure the order of two mean scores is: the probability that the higher mean is truly the higher, less that of the
 * opposite, in [0, 1]; 1 where rollouts do not vary.
 *
 * @param gap positive, in the metric's units.
 * @param variance of one rollout's score.
 */
export function orderConfidence(gap: number, variance: number, rollouts: readonly [number, number]): number {
  const deviation = Math.sqrt(variance * (1 / rollouts[0] + 1 / rollouts[1]));
  return deviation === 0 ? 1 : errorFunction(gap / deviation / Math.SQRT2);
}

/** Abramowitz and Stegun 7.1.26, error below 1.5e-7; for `x` at least 0. */
function errorFunction(x: number): number {
  const t = 1 / (1 + 0.3275911 * x);
  const polynomial = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return 1 - polynomial * Math.exp(-x * x);
}
