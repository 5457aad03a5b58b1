import { randomStream } from '../../core/random/stream';
import type { HeadChoice } from '../../providers/reward/head';
import type { TrainingRequest } from '../../providers/reward/training-request';
import { plainFeatureSpec } from './plain-feature-spec';

/** It learns what a few inputs tell within some dozen steps. */
export const linearHead: HeadChoice = {
  ...{ kind: 'linear', hidden: 0, learningRate: 0.05, weightDecay: 0.1 },
  ...{ embeddingShare: 1, wordsShare: 8 },
};
/** Candidates of each input. */
export const candidates = 4;
/** Pairs of each input. */
export const pairsOfInput = (candidates * (candidates - 1)) / 2;
const own = 3;

export interface InputKind {
  /** Which hidden direction orders its candidates: two of the same name are ordered alike, '-x' the other way round than 'x'. */
  direction: string;
  /** It has features of its own, which are 0 elsewhere: what decides there can be learned from its own pairs only. */
  apart?: boolean;
  /** The pairs are turned round. */
  turned?: boolean;
  /** The product of its first two features orders its candidates instead, which no linear reward can tell. */
  product?: boolean;
}

/**
 * A request for all pairs of four random candidates of each input, ordered by a hidden direction; input `i` is in fold
 * `i % foldCount`, its pairs are `i * pairsOfInput` and following, its rows `i * candidates` and following.
 */
export function rewardRequest(
  kinds: readonly InputKind[],
  foldCount: number,
): Omit<TrainingRequest, 'task'> & { foldCount: number } {
  const inputs = kinds.length;
  const dimension = own * Math.max(2, inputs);
  const features = new Float32Array(inputs * candidates * dimension);
  const [preferred, rejected, groups]: [number[], number[], number[]] = [[], [], []];
  for (const [input, { direction, apart, turned, product }] of kinds.entries()) {
    const stream = randomStream(5, 'candidates', input);
    const [sign, name] = direction.startsWith('-') ? [-1, direction.slice(1)] : [1, direction];
    const hidden = randomStream(5, 'direction', name);
    const weights = Array.from({ length: dimension }, () => sign * hidden.normal());
    const worth = Array.from({ length: candidates }, (_, candidate) => {
      const start = (input * candidates + candidate) * dimension;
      const [from, to] = apart ? [own * input, own * (input + 1)] : [0, 2 * own];
      for (let k = from; k < to; k++) features[start + k] = stream.normal();
      if (product) return (features[start] as number) * (features[start + 1] as number);
      return weights.reduce((sum, weight, k) => sum + weight * (features[start + k] as number), 0);
    });
    for (let a = 0; a < candidates; a++) {
      for (let b = 0; b < a; b++) {
        const [better, worse] = (worth[a] as number) > (worth[b] as number) !== (turned ?? false) ? [a, b] : [b, a];
        preferred.push(input * candidates + better);
        rejected.push(input * candidates + worse);
        groups.push(input);
      }
    }
  }
  const foldOf = (input: number): number => input % foldCount;
  return {
    spec: plainFeatureSpec(dimension),
    features,
    rowFolds: Int32Array.from({ length: inputs * candidates }, (_, row) => foldOf(Math.floor(row / candidates))),
    pairs: {
      preferred: Int32Array.from(preferred),
      rejected: Int32Array.from(rejected),
      weights: new Float32Array(preferred.length).fill(1 / pairsOfInput),
      groups: Int32Array.from(groups),
    },
    groupFolds: Int32Array.from(kinds, (_, input) => foldOf(input)),
    foldCount,
    seed: 2,
  };
}

/** So many inputs alike. */
export function inputsOf(count: number, kind: InputKind): InputKind[] {
  return Array.from({ length: count }, () => kind);
}

/** The pairs of some inputs, by index. */
export function pairsOf(inputs: readonly number[]): number[] {
  return inputs.flatMap((input) => Array.from({ length: pairsOfInput }, (_, pair) => input * pairsOfInput + pair));
}

/** Share of the pairs that rewards by row order as they are. */
export function orderedShare(
  { pairs: { preferred, rejected } }: Pick<TrainingRequest, 'pairs'>,
  pairs: readonly number[],
  rewards: Float32Array,
): number {
  const right = pairs.filter(
    (pair) => (rewards[preferred[pair] as number] as number) > (rewards[rejected[pair] as number] as number),
  );
  return right.length / pairs.length;
}
