import { meanScore } from './mean-score';

/**
 * The variance of one rollout's score around its candidate's mean, pooled over candidates with several rollouts, in squared
 * units of the metric; 0 where no candidate has two, or all agree. Downstream components that answer alike make it 0. Summed in
 * ascending order, so that the order of candidates and rollouts cannot make it differ in the last bit.
 */
export function rolloutVariance(scores: readonly (readonly number[])[]): number {
  const repeated = scores.filter((own) => own.length > 1);
  const squares = repeated.flatMap((own) => {
    const centre = meanScore(own);
    return own.map((score) => (score - centre) ** 2);
  });
  const degreesOfFreedom = squares.length - repeated.length;
  return degreesOfFreedom === 0
    ? 0
    : squares.sort((a, b) => a - b).reduce((sum, square) => sum + square, 0) / degreesOfFreedom;
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
