import { mean } from '../validation/moments';
import { rolloutVariance } from './order-confidence';

/** Standard errors of their difference from which the order of two candidates counts as known. */
const sureDeviations = 3;

/**
 * Which of one input's candidates to roll out once more (adaptive Monte Carlo): of the two whose order is least sure, the one
 * with fewer rollouts. Undefined where all orders are known: rollouts do not vary, or every gap is three standard errors wide.
 *
 * @param scores of each candidate's rollouts so far; at least one each.
 * @param most rollouts of one candidate.
 */
export function nextRollout(scores: readonly (readonly number[])[], most: number): number | undefined {
  const counts = scores.map((own) => own.length);
  const means = scores.map((own) => mean(own));
  const measured = rolloutVariance(scores);
  if (measured === 0 && counts.every((count) => count >= 2)) return undefined;
  // Before any candidate has two rollouts nothing tells how they vary: then the closest means come first.
  const variance = measured > 0 ? measured : (Math.max(...means) - Math.min(...means)) ** 2 || 1;
  let best: { z: number; rollouts: number; index: number } | undefined;
  for (let one = 0; one < scores.length; one++) {
    for (let other = one + 1; other < scores.length; other++) {
      const [first, second] = [counts[one] as number, counts[other] as number];
      const index = second < first ? other : one;
      const rollouts = Math.min(first, second);
      if (rollouts >= most) continue;
      const gap = Math.abs((means[one] as number) - (means[other] as number));
      const z = gap / Math.sqrt(variance * (1 / first + 1 / second));
      if (z >= sureDeviations) continue;
      if (best === undefined || z < best.z || (z === best.z && rollouts < best.rollouts)) best = { z, rollouts, index };
    }
  }
  return best?.index;
}
