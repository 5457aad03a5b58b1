import type { PreferencePair } from '../../core/preference/preference-pair';
import { gainPerReward } from '../../core/reward/gain-per-reward';
import { pairwiseAlignment, type Alignment } from '../../core/reward/pairwise-alignment';
import type { RewardManifest } from './reward-manifest';
import type { HeldOutPair } from './training-request';

/** To be better than chance is a one-sided claim: 95 times in 100 means above one half in 95 % of the resamples. */
const enoughConfidence = 0.95;

/** What held-out pairs say about a fit, as its manifest keeps it, and why it is trusted or not. */
export interface Judgement {
  measures: Pick<RewardManifest, 'trusted' | 'gainPerReward' | 'heldOutLoss'> & { alignment: Alignment | null };
  reason: string;
}

/**
 * What the pairs say about a fit, each scored by a head that saw no pair of its input. Pairs with the ground truth count
 * for the loss alone: a reward ranks outputs of models, and who only tells those from the ground truth cannot do that. So do
 * stale pairs: whether it agrees with the system as it is, only fresh ones tell.
 */
export function judgeHeldOut(
  pairs: readonly PreferencePair[],
  heldOut: readonly HeldOutPair[],
  seed: number,
): Judgement {
  const scored = heldOut.map(({ pair, preferredReward, rejectedReward }) => {
    const { exampleId, gap, weight, groundTruth, stale } = pairs[pair] as PreferencePair;
    return { group: exampleId, gap, weight, counts: !groundTruth && !stale, preferredReward, rejectedReward };
  });
  const total = scored.reduce((sum, { weight }) => sum + weight, 0);
  const loss = scored.reduce((sum, { weight, preferredReward, rejectedReward }) => {
    const margin = preferredReward - rejectedReward;
    return sum + weight * (Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(0, -margin));
  }, 0);
  const judged = scored.filter(({ counts }) => counts);
  const alignment = judged.length === 0 ? null : pairwiseAlignment(judged, { seed });
  const trusted = alignment !== null && alignment.aboveChance >= enoughConfidence;
  return {
    measures: {
      alignment,
      trusted,
      gainPerReward: gainPerReward(
        judged.map(({ gap, preferredReward, rejectedReward }) => ({
          gap,
          rewardDifference: preferredReward - rejectedReward,
        })),
      ),
      heldOutLoss: loss / total,
    },
    reason: reasonFor(alignment, trusted),
  };
}

function reasonFor(alignment: Alignment | null, trusted: boolean): string {
  if (alignment === null) {
    return 'every pair has the ground truth in it or is stale, so nothing tells whether it ranks outputs of models in the present system';
  }
  const claim = `held-out alignment is better than chance with ${percent(alignment.aboveChance)} confidence`;
  return trusted ? claim : `${claim}; ${percent(enoughConfidence)} is needed`;
}

/** Two decimals: 2,000 resamples tell no more apart. */
function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}
