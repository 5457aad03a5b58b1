import type { Comparison } from '../../core/preference/comparison';
import { judges, type PreferencePair } from '../../core/preference/preference-pair';
import { fitGainCalibration } from '../../core/reward/gain-calibration';
import { pairLoss } from '../../core/reward/pair-loss';
import { pairwiseAlignment, type Alignment } from '../../core/reward/pairwise-alignment';
import type { IndexedData } from './index-data';
import type { RewardManifest } from './reward-manifest';

/** To be better than chance is a one-sided claim: 95 times in 100 means above one half in 95 % of the resamples. */
const enoughConfidence = 0.95;

/** What held-out pairs say about a fit, as its manifest keeps it, and why it is trusted or not. */
export interface Judgement {
  measures: Pick<RewardManifest, 'trusted' | 'calibration' | 'heldOutLoss'> & { alignment: Alignment | null };
  reason: string;
}

/** Preference data and where its outputs are among the rows of `rewards`. */
export interface JudgedData {
  pairs: readonly PreferencePair[];
  comparisons: readonly Comparison[];
  index: Pick<IndexedData, 'pairs' | 'comparisons'>;
  /** Out of sample, by row. */
  rewards: Float32Array;
}

/**
 * What the data say about a fit, each output scored by a member that saw no pair of its input. Pairs with the ground truth
 * count for the loss alone: a reward ranks outputs of models, and who only tells those from the ground truth cannot do that. So do
 * stale pairs: whether it agrees with the system as it is, only fresh ones tell.
 */
export function judgeHeldOut(data: JudgedData, seed: number): Judgement {
  const { comparisons, index, rewards } = data;
  const reward = (row: number | undefined): number => rewards[row as number] as number;
  const alignment = heldOutAlignment(data, judges, seed);
  const trusted = alignment !== null && alignment.aboveChance >= enoughConfidence;
  const calibration = fitGainCalibration(
    comparisons.flatMap(({ exampleId, gap, stale }, place) =>
      stale
        ? []
        : [
            {
              exampleId,
              gap,
              rewardDifference:
                reward(index.comparisons[place]?.candidate) - reward(index.comparisons[place]?.incumbent),
            },
          ],
    ),
    seed,
  );
  return {
    measures: { alignment, trusted, calibration, heldOutLoss: heldOutLoss(data, () => true) },
    reason: reasonFor(alignment, trusted),
  };
}

/** Alignment on the pairs that count; null where none does. */
export function heldOutAlignment(
  { pairs, index, rewards }: JudgedData,
  counts: (pair: PreferencePair) => boolean,
  seed: number,
): Alignment | null {
  const judged = pairs.flatMap((pair, place) =>
    counts(pair)
      ? [
          {
            group: pair.exampleId,
            preferredReward: rewards[index.pairs.preferred[place] as number] as number,
            rejectedReward: rewards[index.pairs.rejected[place] as number] as number,
          },
        ]
      : [],
  );
  return judged.length === 0 ? null : pairwiseAlignment(judged, { seed });
}

/** Weighted mean of `-log sigmoid(r_preferred - r_rejected)` (paper, equation 4); log 2 is chance. Log 2 where no pair counts. */
export function heldOutLoss({ pairs, index, rewards }: JudgedData, counts: (pair: PreferencePair) => boolean): number {
  let [loss, total] = [0, 0];
  for (const [place, pair] of pairs.entries()) {
    if (!counts(pair)) continue;
    const margin =
      (rewards[index.pairs.preferred[place] as number] as number) -
      (rewards[index.pairs.rejected[place] as number] as number);
    loss += pair.weight * pairLoss(margin);
    total += pair.weight;
  }
  return total === 0 ? Math.LN2 : loss / total;
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
