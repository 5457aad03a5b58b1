import type { PreferencePair } from '../../core/preference/preference-pair';
import { fieldText } from '../../core/reward/field-text';
import { canonicalJson } from '../../core/system/canonical-json';
import type { JsonObject } from '../../core/system/json';
import type { Encoder } from '../../providers/encoder';

/** A score for an output that needs no reward model: higher is better. */
export type Baseline = (inputs: JsonObject, outputs: JsonObject) => number;

/** Training outputs that vote, each as often as it occurred in a pair. */
const neighbours = 10;

/**
 * What a reward has to beat: cosine similarity of output and input; the vote of the nearest training outputs, each counted by
 * how often it was the preferred one; the length of the output, in the direction that was right more often in training.
 */
export async function baselines(
  training: readonly PreferencePair[],
  all: readonly { inputs: JsonObject; outputs: JsonObject }[],
  encoder: Encoder,
): Promise<Record<'similarity' | 'neighbours' | 'length', Baseline>> {
  const texts = new Set<string>();
  for (const { inputs, outputs } of all) texts.add(textOf(inputs)).add(textOf(outputs));
  for (const { preferred, rejected } of training) texts.add(textOf(preferred)).add(textOf(rejected));
  const list = [...texts];
  const vectors = await encoder.encode(list);
  const vectorOf = new Map(list.map((text, index) => [text, vectors[index] as Float32Array]));
  const vector = (object: JsonObject): Float32Array => vectorOf.get(textOf(object)) as Float32Array;

  const votes = new Map<string, { vector: Float32Array; preferred: number; pairs: number }>();
  const vote = (outputs: JsonObject, preferred: number): void => {
    const key = canonicalJson(outputs);
    const known = votes.get(key) ?? { vector: vector(outputs), preferred: 0, pairs: 0 };
    votes.set(key, { ...known, preferred: known.preferred + preferred, pairs: known.pairs + 1 });
  };
  for (const { preferred, rejected } of training) {
    vote(preferred, 1);
    vote(rejected, 0);
  }
  const length = (outputs: JsonObject): number => textOf(outputs).length;
  const longer = training.filter(({ preferred, rejected }) => length(preferred) > length(rejected)).length;
  const shorter = training.filter(({ preferred, rejected }) => length(preferred) < length(rejected)).length;
  const remembered = new Map<string, number>();
  return {
    similarity: (inputs, outputs) => dot(vector(inputs), vector(outputs)),
    neighbours: (_, outputs) => {
      const key = canonicalJson(outputs);
      const known = remembered.get(key);
      if (known !== undefined) return known;
      const own = vector(outputs);
      const nearest = [...votes.values()]
        .map((item) => ({ share: item.preferred / item.pairs, pairs: item.pairs, closeness: dot(own, item.vector) }))
        .sort((a, b) => b.closeness - a.closeness);
      let [left, sum] = [neighbours, 0];
      for (const item of nearest) {
        const own = Math.min(left, item.pairs);
        sum += own * item.share;
        left -= own;
        if (left === 0) break;
      }
      const share = left === neighbours ? 0.5 : sum / (neighbours - left);
      remembered.set(key, share);
      return share;
    },
    length: (_, outputs) => (longer >= shorter ? 1 : -1) * length(outputs),
  };
}

function textOf(object: JsonObject): string {
  return Object.keys(object)
    .sort()
    .map((name) => fieldText(object[name]))
    .join('\n');
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] as number) * (b[index] as number);
  return sum;
}
