/**
 * Expected gain in the metric's units per unit of reward difference on one input: the least-squares slope through the
 * origin over held-out pairs, at least 0.
 */
export function gainPerReward(pairs: readonly { rewardDifference: number; gap: number }[]): number {
  let [products, squares] = [0, 0];
  for (const { rewardDifference, gap } of pairs) {
    products += rewardDifference * gap;
    squares += rewardDifference * rewardDifference;
  }
  return squares === 0 ? 0 : Math.max(0, products / squares);
}
