import { mean, sampleVariance } from './moments';

/** A mean with its 95 % interval and the number of values behind it. */
export interface MeanEstimate {
  mean: number;
  ci95: [number, number];
  n: number;
}

const z975 = 1.959963984540054;

/**
 * Mean of scores in [0, 1] with a 95 % interval that stays inside [0, 1] and never has width 0.
 *
 * Binary scores: Wilson's score interval (Wilson 1927). Others: Student's t with one pseudo-observation of the largest
 * variance that a score of this mean can have, so that a few equal scores do not pass for certainty.
 *
 * @throws RangeError for no scores or one outside [0, 1].
 */
export function meanInterval(scores: readonly number[]): MeanEstimate {
  checkScores(scores);
  const outside = scores.find((score) => score < 0 || score > 1);
  if (outside !== undefined) {
    throw new RangeError(`meanInterval: the score ${outside} is outside [0, 1]`);
  }
  const n = scores.length;
  const average = mean(scores);
  if (scores.every((score) => score === 0 || score === 1)) {
    return { mean: average, ci95: wilson(average, n), n };
  }
  if (n === 1) return { mean: average, ci95: [0, 1], n };
  const shrunk = (average * n + 0.5) / (n + 1);
  const variance = ((n - 1) * sampleVariance(scores) + shrunk * (1 - shrunk)) / n;
  const half = studentT975(n - 1) * Math.sqrt(variance / n);
  return { mean: average, ci95: [Math.max(0, average - half), Math.min(1, average + half)], n };
}

function wilson(proportion: number, n: number): [number, number] {
  const weight = z975 ** 2 / n;
  const centre = (proportion + weight / 2) / (1 + weight);
  const half = (z975 / (1 + weight)) * Math.sqrt((proportion * (1 - proportion)) / n + z975 ** 2 / (4 * n * n));
  return [proportion === 0 ? 0 : Math.max(0, centre - half), proportion === 1 ? 1 : Math.min(1, centre + half)];
}

/** The 97.5 % point of Student's t: exact for 1 and 2 degrees of freedom, else Abramowitz and Stegun 26.7.5. */
export function studentT975(degreesOfFreedom: number): number {
  if (degreesOfFreedom === 1) return Math.tan(Math.PI * 0.475);
  if (degreesOfFreedom === 2) return 0.95 * Math.sqrt(2 / (4 * 0.975 * 0.025));
  const z = z975;
  const terms = [
    z,
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92_160,
  ];
  return terms.reduce((sum, term, power) => sum + term / degreesOfFreedom ** power, 0);
}

function checkScores(scores: readonly number[]): void {
  if (scores.length === 0) throw new RangeError('meanInterval: there are no scores; give at least one');
  const index = scores.findIndex((score) => !Number.isFinite(score));
  if (index >= 0) throw new RangeError(`meanInterval: score ${index} is ${scores[index]}; expected a finite number`);
}
