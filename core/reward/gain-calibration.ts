import { randomStream } from '../random/stream';
import { inputFolds } from './input-folds';
import { interpolate, isotonicKnots, type Point } from './isotonic';
import { fitPlatt, plattValue } from './platt';

/** An output beside the incumbent's for the same input, as a reward that never saw the input scored both. */
export interface ScoredComparison {
  exampleId: string;
  /** `r(x, y) - r(x, y_incumbent)` */
  rewardDifference: number;
  /** `R(y) - R(y_incumbent)`, estimated by rollouts; zero is an ordinary value. */
  gap: number;
}

/** A monotone map from reward differences to gains in the metric's units. */
export interface GainCalibration {
  method: 'isotonic' | 'platt' | 'none';
  /** `[reward difference, gain]`, ascending; linear between them, constant beyond. */
  knots: [number, number][];
  /** Root mean squared error of the gain of one comparison, on inputs that the map was not fitted on. */
  error: number;
  comparisons: number;
  inputs: number;
}

/** Below it an isotonic map has too few points in a pool to compete. */
const enoughForIsotonic = 30;
const folds = 5;
/** Points of a Platt curve that are kept as knots. */
const plattKnots = 33;

/** Of a reward that nothing is known about: every gain is 0. */
export const noCalibration: GainCalibration = { method: 'none', knots: [[0, 0]], error: 0, comparisons: 0, inputs: 0 };

/** Expected gain for a reward difference. */
export function calibratedGain({ knots }: GainCalibration, rewardDifference: number): number {
  return interpolate(knots, rewardDifference);
}

/**
 * Fits `E[R(y) - R(y_incumbent) | r(x, y) - r(x, y_incumbent)]`, monotone. The pairwise loss fixes rewards only up to a
 * function of the input (paper, theorem 4.1), so nothing but this difference can be calibrated. Of an isotonic map and a Platt
 * curve the one with the smaller squared error on held-out inputs is kept. Every input weighs the same.
 *
 * @throws RangeError for a difference or gap that is not a finite number.
 */
export function fitGainCalibration(comparisons: readonly ScoredComparison[], seed: number): GainCalibration {
  for (const { exampleId, rewardDifference, gap } of comparisons) {
    if (!Number.isFinite(rewardDifference) || !Number.isFinite(gap)) {
      throw new RangeError(
        `gain calibration: input '${exampleId}' has the reward difference ${rewardDifference} and the gap ${gap}; both must be finite`,
      );
    }
  }
  const ids = [...new Set(comparisons.map(({ exampleId }) => exampleId))].sort();
  const largest = Math.max(...comparisons.map(({ gap }) => Math.abs(gap)));
  if (ids.length < 2 || largest === 0) return { ...noCalibration, comparisons: comparisons.length, inputs: ids.length };
  const points = weighted(comparisons);
  const methods = comparisons.length >= enoughForIsotonic ? (['platt', 'isotonic'] as const) : (['platt'] as const);
  const part = inputFolds(ids, Math.min(folds, ids.length), randomStream(seed, 'gain-calibration'));
  const judged = methods.map((method) => ({ method, error: heldOutError(method, points, part, largest) }));
  // The first of equals: the one with fewer degrees of freedom.
  const { method, error } = judged.reduce((best, other) => (other.error < best.error ? other : best));
  return { method, knots: knotsOf(method, points, largest), error, comparisons: points.length, inputs: ids.length };
}

interface InputPoint extends Point {
  exampleId: string;
}

function weighted(comparisons: readonly ScoredComparison[]): InputPoint[] {
  const counts = new Map<string, number>();
  for (const { exampleId } of comparisons) counts.set(exampleId, (counts.get(exampleId) ?? 0) + 1);
  return comparisons.map(({ exampleId, rewardDifference, gap }) => ({
    exampleId,
    x: rewardDifference,
    y: gap,
    weight: 1 / (counts.get(exampleId) as number),
  }));
}

function heldOutError(
  method: 'platt' | 'isotonic',
  points: readonly InputPoint[],
  part: Readonly<Record<string, number>>,
  largest: number,
): number {
  let [squares, total] = [0, 0];
  for (const fold of new Set(Object.values(part))) {
    const knots = knotsOf(
      method,
      points.filter(({ exampleId }) => part[exampleId] !== fold),
      largest,
    );
    for (const { x, y, weight } of points.filter(({ exampleId }) => part[exampleId] === fold)) {
      squares += weight * (interpolate(knots, x) - y) ** 2;
      total += weight;
    }
  }
  return Math.sqrt(squares / total);
}

function knotsOf(method: 'platt' | 'isotonic', points: readonly Point[], largest: number): [number, number][] {
  if (method === 'isotonic') return isotonicKnots(points);
  const curve = fitPlatt(points, -largest, largest);
  const xs = points.map(({ x }) => x);
  const [low, high] = [Math.min(...xs), Math.max(...xs)];
  if (low === high) return [[low, plattValue(curve, low)]];
  return Array.from({ length: plattKnots }, (_, index) => {
    const x = low + ((high - low) * index) / (plattKnots - 1);
    return [x, plattValue(curve, x)];
  });
}
