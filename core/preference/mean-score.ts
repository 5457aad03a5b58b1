import { mean } from '../validation/moments';

/**
 * The mean of rollouts' scores. Equal scores have exactly their own value as their mean, however many they are, so that
 * rounding makes no difference between two outputs; the order in which rollouts arrived makes none either.
 *
 * @throws RangeError for no scores
 */
export function meanScore(scores: readonly number[]): number {
  const sorted = [...scores].sort((a, b) => a - b);
  const [lowest = 0] = sorted;
  return lowest + mean(sorted.map((score) => score - lowest));
}
