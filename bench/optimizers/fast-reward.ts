import { comparisonsWithIncumbent } from '../../core/preference/comparison';
import type { Candidate } from '../../core/preference/candidate';
import { mergeSharedInputs } from '../../core/preference/merge-shared-inputs';
import { preferencePairs } from '../../core/preference/preference-pairs';
import { buildFeatures } from '../../core/reward/build-features';
import { featureSpec, type FeatureSpec } from '../../core/reward/feature-spec';
import { calibratedGain, type GainCalibration } from '../../core/reward/gain-calibration';
import { fittingFolds } from '../../core/reward/input-folds';
import { fitStandardisation, standardise } from '../../core/reward/standardisation';
import type { Component } from '../../core/system/component';
import type { JsonObject } from '../../core/system/json';
import { indexData } from '../../providers/reward/index-data';
import { judgeHeldOut } from '../../providers/reward/judge-held-out';
import { fitPairWeights } from './fit-pair-weights';

/** Members, as the product has. */
const members = 5;
/** One of the three that the product chooses among by held-out loss; here it orders held-out pairs best on every system. */
const shares = { embeddingShare: 4, wordsShare: 16 };
/** Instead of embeddings, which would cost more than all the rest: one number that is always 0. */
const noEmbedding = { get: () => new Float32Array(1) } as unknown as ReadonlyMap<string, Float32Array>;

/** Features of one component's items, each built once: many proposals give the same outputs, and fits share candidates. */
export class FeatureRows {
  private readonly rows = new Map<string, Float32Array>();

  /** As `buildFeatures` has them. */
  of(spec: FeatureSpec, items: readonly Pick<Candidate, 'inputs' | 'outputs'>[]): Float32Array {
    const features = new Float32Array(items.length * spec.dimension);
    for (const [index, item] of items.entries()) {
      const key = JSON.stringify([item.inputs, item.outputs]);
      const row = this.rows.get(key) ?? buildFeatures(spec, [item], noEmbedding);
      this.rows.set(key, row);
      features.set(row, index * spec.dimension);
    }
    return features;
  }
}

/** A Local Reward Function of the bench, and what held-out pairs say of it. */
export interface FastReward {
  trusted: boolean;
  /** Held-out alignment; null: no pair counts. */
  alignment: number | null;
  /** Rewards of outputs for given inputs. */
  rewards(items: readonly { inputs: JsonObject; outputs: JsonObject }[]): number[];
  calibration: GainCalibration;
}

/**
 * Fits the bench's stand-in for the product's Local Reward Function: the same pairs, weights, folds, gate and calibration, the
 * same features but for the embeddings, and linear heads trained on the same loss, in plain TypeScript (bench/README.md).
 *
 * @returns undefined where no pair can be held out.
 */
export function fitFastReward(
  component: Component,
  candidates: readonly Candidate[],
  seed: number,
  known: FeatureRows,
): FastReward | undefined {
  const data = mergeSharedInputs({
    pairs: preferencePairs(candidates),
    comparisons: comparisonsWithIncumbent(candidates),
  });
  const { pairs, comparisons } = data;
  const ids = [...new Set(pairs.map(({ exampleId }) => exampleId))];
  if (ids.length < 2) return undefined;
  const foldCount = Math.min(ids.length, members);
  const folds = fittingFolds(ids, comparisons, foldCount, seed);
  const index = indexData(pairs, comparisons, folds);
  const spec = featureSpec({
    inputFields: Object.keys(component.input.shape),
    outputFields: Object.keys(component.output.shape),
    embeddingDimension: 1,
  });
  const features = known.of(spec, index.items);
  const standardisation = fitStandardisation(spec, features, [...index.items.keys()], shares);
  const rows = standardise(features, [...index.items.keys()], standardisation);
  const { weights, heldOut } = fitPairWeights({
    rows,
    dimension: spec.dimension,
    preferred: index.pairs.preferred,
    rejected: index.pairs.rejected,
    weights: index.pairs.weights,
    pairFolds: Int32Array.from(index.pairs.groups, (group) => index.groupFolds[group] as number),
    rowFolds: index.rowFolds,
    folds: foldCount,
  });
  const { measures } = judgeHeldOut({ pairs, comparisons, index, rewards: heldOut }, seed);
  return {
    trusted: measures.trusted,
    alignment: measures.alignment?.value ?? null,
    rewards: (items) => {
      const rows = standardise(known.of(spec, items), [...items.keys()], standardisation);
      return items.map((_, row) => scoreOf(rows.subarray(row * spec.dimension, (row + 1) * spec.dimension), weights));
    },
    calibration: measures.calibration,
  };
}

/** Expected gain over the incumbent's output, or with `calibrated: false` the difference of the raw rewards. */
export function rewardGains(
  reward: FastReward,
  items: readonly { inputs: JsonObject; incumbent: JsonObject; candidate: JsonObject }[],
  calibrated: boolean,
): number[] {
  const candidates = reward.rewards(items.map(({ inputs, candidate }) => ({ inputs, outputs: candidate })));
  const incumbents = reward.rewards(items.map(({ inputs, incumbent }) => ({ inputs, outputs: incumbent })));
  return candidates.map((value, place) => {
    const difference = value - (incumbents[place] as number);
    return calibrated ? calibratedGain(reward.calibration, difference) : difference;
  });
}

function scoreOf(row: Float32Array, weights: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < row.length; k++) sum += (row[k] as number) * (weights[k] as number);
  return sum;
}
