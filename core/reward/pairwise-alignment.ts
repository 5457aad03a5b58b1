import { randomStream } from '../random/stream';
import { quantile } from '../validation/moments';

/** A pair as a reward model scored it. */
export interface ScoredPair {
  /** The input that the pair belongs to. */
  group: string;
  preferredReward: number;
  rejectedReward: number;
}

/** Share of pairs that a reward model orders as the downstream scores do; ties count half. */
export interface Alignment {
  value: number;
  ci95: [number, number];
  /** Confidence that it is better than chance (one-sided): the share of the resamples that are above one half, in [0, 1]. */
  aboveChance: number;
  pairs: number;
  inputs: number;
}

/**
 * Pairwise local-global alignment (paper, section 3 and table 3) with a 95 % percentile interval, bootstrapped over
 * inputs: pairs of one input are not independent. Two imagined inputs of mean size, one all right and one all wrong, are
 * in the pool that is resampled, so that a handful of unanimous inputs cannot claim certainty.
 *
 * @throws TypeError for no pairs, or a reward that is not a finite number.
 */
export function pairwiseAlignment(
  pairs: readonly ScoredPair[],
  options: { seed: number; resamples?: number },
): Alignment {
  if (pairs.length === 0) throw new TypeError('pairwiseAlignment: there are no pairs to judge');
  const groups = new Map<string, { right: number; pairs: number }>();
  for (const pair of pairs) {
    if (!Number.isFinite(pair.preferredReward) || !Number.isFinite(pair.rejectedReward)) {
      throw new TypeError(
        `pairwiseAlignment: input '${pair.group}' has the rewards ${pair.preferredReward} and ${pair.rejectedReward}`,
      );
    }
    const group = groups.get(pair.group) ?? { right: 0, pairs: 0 };
    const difference = pair.preferredReward - pair.rejectedReward;
    group.right += difference > 0 ? 1 : difference === 0 ? 0.5 : 0;
    group.pairs += 1;
    groups.set(pair.group, group);
  }
  const inputs = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
  const right = inputs.reduce((sum, group) => sum + group.right, 0);
  const size = pairs.length / inputs.length;
  const pool = [...inputs, { right: size, pairs: size }, { right: 0, pairs: size }];
  const stream = randomStream(options.seed, 'pairwise-alignment');
  const resampled = Array.from({ length: options.resamples ?? 2_000 }, () => {
    let [drawnRight, drawnPairs] = [0, 0];
    for (let draw = 0; draw < inputs.length; draw++) {
      const group = stream.choice(pool);
      drawnRight += group.right;
      drawnPairs += group.pairs;
    }
    return drawnRight / drawnPairs;
  }).sort((a, b) => a - b);
  return {
    value: right / pairs.length,
    ci95: [quantile(resampled, 0.025), quantile(resampled, 0.975)],
    aboveChance: resampled.filter((share) => share > 0.5).length / resampled.length,
    pairs: pairs.length,
    inputs: inputs.length,
  };
}
