import { mean } from './moments';
import { randomStream } from '../random/stream';
import { exactLimit, randomSubsets, SubsetSums } from './subset-sums';

export interface PairedTestOptions {
  seed: number;
  /** Coverage of the interval; default 0.95. Raise it for simultaneous intervals over several comparisons. */
  confidence?: number;
  /** Random sign flips where enumeration is too long; default 10,000, more where the interval's tails hold fewer than 50 of them. */
  flips?: number;
  /** The values that a difference can take; the interval where the sample is too small for any. Default [-1, 1]: differences of scores. */
  bounds?: [number, number];
}

export interface PairedTestResult {
  mean: number;
  /** Two-sided interval of the mean difference, at `confidence`. */
  ci95: [number, number];
  /** Two-sided. */
  p: number;
  n: number;
}

/**
 * Two-sided sign-flip permutation test of paired differences (Fisher's randomisation test; Edgington 1987), with the interval
 * that inverts it. Null hypothesis: each difference is as likely to have the opposite sign.
 *
 * Exact for n <= `exactLimit`; otherwise random flips with the +1 correction (Phipson and Smyth 2010), so that p is never 0 and
 * the level holds. Zero differences stay in the sample: their flips change nothing.
 *
 * `ci95` inverts the test: flipping a subset leaves the sum of `d - shift` at least as large exactly when the
 * mean of the flipped subset is at most `shift`, so that its ends are order statistics of subset means (Hartigan 1969).
 * It excludes 0 exactly when p is at most 1 - confidence. Below 6 differences (at 95 %) no sign pattern
 * is rare enough and the interval is `bounds`.
 *
 * @throws RangeError for no differences, one that is not finite, or a confidence outside (0, 1).
 */
export function pairedTest(differences: readonly number[], options: PairedTestOptions): PairedTestResult {
  const { confidence = 0.95, bounds = [-1, 1] } = options;
  const n = differences.length;
  if (n === 0) throw new RangeError('pairedTest: there are no differences; give at least one');
  const bad = differences.findIndex((difference) => !Number.isFinite(difference));
  if (bad >= 0) throw new RangeError(`pairedTest: difference ${bad} is ${differences[bad]}; expected a finite number`);
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`pairedTest: confidence must be between 0 and 1, not ${confidence}`);
  }
  const flips = options.flips ?? Math.max(10_000, Math.ceil(100 / (1 - confidence)));
  const subsets = n <= exactLimit ? allSubsets(differences) : flippedSubsets(differences, options.seed, flips);
  // Sums that differ by rounding alone count as equal.
  const tolerance = 1e-12 * differences.reduce((sum, difference) => sum + Math.abs(difference), 0);
  let atLeast = 0;
  let atMost = 0;
  for (let pattern = 0; pattern < subsets.sums.length; pattern++) {
    const sum = subsets.sums[pattern] as number;
    if (sum <= tolerance) atLeast++;
    if (sum >= -tolerance) atMost++;
  }
  const oneSided = (Math.min(atLeast, atMost) + subsets.observed) / (subsets.sums.length + subsets.observed);
  return {
    mean: mean(differences),
    ci95: invert(subsets, confidence, [Math.min(bounds[0], ...differences), Math.max(bounds[1], ...differences)]),
    p: Math.min(1, 2 * oneSided),
    n,
  };
}

interface FlippedSubsets {
  /** Sum of the flipped differences, per sign pattern. */
  sums: Float64Array;
  sizes: Uint32Array;
  /** 1 where the observed (empty) pattern must be counted beside `sums`, 0 where it is among them. */
  observed: 0 | 1;
}

function allSubsets(differences: readonly number[]): FlippedSubsets {
  const count = 2 ** differences.length;
  const sums = new Float64Array(count);
  const sizes = new Uint32Array(count);
  let filled = 1;
  for (const difference of differences) {
    for (let rest = 0; rest < filled; rest++) {
      sums[filled + rest] = (sums[rest] as number) + difference;
      sizes[filled + rest] = (sizes[rest] as number) + 1;
    }
    filled *= 2;
  }
  return { sums, sizes, observed: 0 };
}

function flippedSubsets(differences: readonly number[], seed: number, count: number): FlippedSubsets {
  const subsets = new SubsetSums([differences, differences.map(() => 1)]);
  const draw = randomSubsets(subsets.bytes, randomStream(seed, 'sign-flip'));
  const found = new Float64Array(2);
  const sums = new Float64Array(count);
  const sizes = new Uint32Array(count);
  for (let flip = 0; flip < count; flip++) {
    subsets.over(draw(), found);
    sums[flip] = found[0] as number;
    sizes[flip] = found[1] as number;
  }
  return { sums, sizes, observed: 1 };
}

function invert(subsets: FlippedSubsets, confidence: number, bounds: [number, number]): [number, number] {
  const { sums, sizes, observed } = subsets;
  const means = new Float64Array(sums.length);
  let count = 0;
  for (let pattern = 0; pattern < sums.length; pattern++) {
    const size = sizes[pattern] as number;
    if (size > 0) means[count++] = (sums[pattern] as number) / size;
  }
  const patterns = sums.length + observed;
  // Empty patterns are as large as observed whatever the shift: they count against rejection on both sides.
  const empty = patterns - count;
  const rejectable = Math.floor(((1 - confidence) / 2) * patterns + 1e-9) - empty;
  if (rejectable < 0) return bounds;
  const found = means.subarray(0, count);
  return [orderStatistic(found, rejectable), orderStatistic(found, count - 1 - rejectable)];
}

/** The value at `rank` (from 0) of the sorted values, which are reordered in place (Hoare's quickselect). */
function orderStatistic(values: Float64Array, rank: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1] as number;
    let left = low;
    let right = high;
    while (left <= right) {
      while ((values[left] as number) < pivot) left++;
      while ((values[right] as number) > pivot) right--;
      if (left <= right) {
        const swapped = values[left] as number;
        values[left++] = values[right] as number;
        values[right--] = swapped;
      }
    }
    if (rank <= right) high = right;
    else if (rank >= left) low = left;
    else break;
  }
  return values[rank] as number;
}
