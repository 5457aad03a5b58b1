import type { Comparison } from '../../core/preference/comparison';
import type { PreferencePair } from '../../core/preference/preference-pair';
import type { InputFolds } from '../../core/reward/input-folds';
import { canonicalJson } from '../../core/system/canonical-json';
import type { RewardItem } from './reward-model';
import type { TrainingRequest } from './training-request';

/** Preference data with each distinct (inputs, output) once, as rows. */
export interface IndexedData extends Pick<TrainingRequest, 'pairs' | 'rowFolds' | 'groupFolds'> {
  items: RewardItem[];
  /** Rows of each comparison. */
  comparisons: { incumbent: number; candidate: number }[];
}

/** @param folds of every example id that occurs; examples that share inputs have one id (mergeSharedInputs) */
export function indexData(
  pairs: readonly PreferencePair[],
  comparisons: readonly Comparison[],
  folds: Readonly<InputFolds>,
): IndexedData {
  const items: RewardItem[] = [];
  const rowFolds: number[] = [];
  const rows = new Map<string, number>();
  const rowOf = (exampleId: string, item: RewardItem): number => {
    const key = canonicalJson([item.inputs, item.outputs]);
    const known = rows.get(key);
    if (known !== undefined) return known;
    rows.set(key, items.length);
    rowFolds.push(folds[exampleId] as number);
    return items.push(item) - 1;
  };
  const groups = [...new Set(pairs.map(({ exampleId }) => exampleId))].sort();
  const place = new Map(groups.map((group, index) => [group, index]));
  return {
    pairs: {
      preferred: Int32Array.from(pairs, (pair) => rowOf(pair.exampleId, { ...pair, outputs: pair.preferred })),
      rejected: Int32Array.from(pairs, (pair) => rowOf(pair.exampleId, { ...pair, outputs: pair.rejected })),
      weights: Float32Array.from(pairs, (pair) => pair.weight),
      groups: Int32Array.from(pairs, (pair) => place.get(pair.exampleId) as number),
    },
    comparisons: comparisons.map(({ exampleId, inputs, incumbent, candidate }) => ({
      incumbent: rowOf(exampleId, { inputs, outputs: incumbent }),
      candidate: rowOf(exampleId, { inputs, outputs: candidate }),
    })),
    items: items.map(({ inputs, outputs }) => ({ inputs, outputs })),
    rowFolds: Int32Array.from(rowFolds),
    groupFolds: Int32Array.from(groups, (group) => folds[group] as number),
  };
}
