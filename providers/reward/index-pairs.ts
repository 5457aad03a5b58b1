import type { PreferencePair } from '../../core/preference/preference-pair';
import { canonicalJson } from '../../core/system/canonical-json';
import type { RewardItem } from './reward-model';
import type { TrainingRequest } from './training-request';

/** Each distinct (inputs, output) once, with pairs as indices. */
export function indexPairs(
  pairs: readonly PreferencePair[],
  groups: readonly string[],
): { items: RewardItem[]; pairs: TrainingRequest['pairs'] } {
  const items: RewardItem[] = [];
  const rows = new Map<string, number>();
  const rowOf = (item: RewardItem): number => {
    const key = canonicalJson([item.inputs, item.outputs]);
    const known = rows.get(key);
    if (known !== undefined) return known;
    rows.set(key, items.length);
    return items.push(item) - 1;
  };
  const place = new Map(groups.map((group, index) => [group, index]));
  return {
    pairs: {
      preferred: Int32Array.from(pairs, ({ inputs, preferred }) => rowOf({ inputs, outputs: preferred })),
      rejected: Int32Array.from(pairs, ({ inputs, rejected }) => rowOf({ inputs, outputs: rejected })),
      weights: Float32Array.from(pairs, (pair) => pair.weight),
      groups: Int32Array.from(pairs, (pair) => place.get(pair.exampleId) as number),
    },
    items,
  };
}
