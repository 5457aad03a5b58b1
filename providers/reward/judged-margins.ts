import { pairLoss } from '../../core/reward/pair-loss';

/**
 * One-sided 70 % point of the normal distribution. A rejected update loses what the fresh pairs said, an accepted one that is no
 * better loses little: members rehearse, and the next fresh pairs judge again.
 */
const z70 = 0.5244005127080407;
/** Margins at the largest scale that is looked at, in their root mean square: beyond it the loss changes no more. */
const largestMargin = 64;

/** The pairs that an adaptation is judged by: weight and input of each. */
export interface JudgedPairs {
  weights: readonly number[];
  groups: readonly number[];
}

/** Weighted sum of `-log sigmoid(margin)`, `margin = r_preferred - r_rejected`. */
export function lossOfMargins(margins: readonly number[], weights: readonly number[], scale = 1): number {
  return margins.reduce((sum, margin, place) => sum + (weights[place] as number) * pairLoss(scale * margin), 0);
}

/**
 * Whether margins order pairs better than others do, with 70 % confidence (one-sided) over inputs. Each is taken at the scale
 * where its own loss is lowest: to be less sure of itself is no gain in order, and gains are calibrated anew anyway. Where
 * fresh pairs are noise, the loss falls with every step that makes rewards smaller, though they tell nothing.
 */
export function ordersBetter(
  { weights, groups }: JudgedPairs,
  before: readonly number[],
  after: readonly number[],
): boolean {
  const [scaleBefore, scaleAfter] = [bestScale(before, weights), bestScale(after, weights)];
  const gains = new Map<number, number>();
  for (const [place, group] of groups.entries()) {
    const gain = pairLoss(scaleBefore * (before[place] as number)) - pairLoss(scaleAfter * (after[place] as number));
    gains.set(group, (gains.get(group) ?? 0) + (weights[place] as number) * gain);
  }
  const count = gains.size;
  if (count < 2) return false;
  const mean = [...gains.values()].reduce((sum, gain) => sum + gain, 0) / count;
  const squares = [...gains.values()].reduce((sum, gain) => sum + (gain - mean) ** 2, 0);
  return mean > z70 * Math.sqrt(squares / (count - 1) / count);
}

/** The weighted loss at the scale where it is lowest. */
export function lowestLoss(margins: readonly number[], weights: readonly number[]): number {
  return lossOfMargins(margins, weights, bestScale(margins, weights));
}

/** By bisection: the loss is convex in the scale. 0 for margins that order pairs worse than chance. */
function bestScale(margins: readonly number[], weights: readonly number[]): number {
  const slope = (scale: number): number =>
    margins.reduce((sum, margin, place) => {
      return sum - ((weights[place] as number) * margin) / (1 + Math.exp(scale * margin));
    }, 0);
  const size = Math.sqrt(margins.reduce((sum, margin) => sum + margin * margin, 0) / Math.max(1, margins.length));
  if (size === 0 || slope(0) >= 0) return 0;
  let [low, high] = [0, largestMargin / size];
  for (let halving = 0; halving < 50; halving++) {
    const middle = (low + high) / 2;
    if (slope(middle) < 0) low = middle;
    else high = middle;
  }
  return low;
}
