import type { Candidate } from '../../core/preference/candidate';
import { comparisonsWithIncumbent } from '../../core/preference/comparison';
import { preferencePairs } from '../../core/preference/preference-pairs';
import { randomStream, type RandomStream } from '../../core/random/stream';
import type { JsonObject } from '../../core/system/json';
import type { Encoder } from '../../providers/encoder/encoder';
import { HashedNgramEncoder } from '../../providers/encoder/hashed-ngram-encoder';
import type { FitRewardResult, FittedReward, RewardData, TrainingOptions } from '../../providers/reward';

/** Hashed n-grams folded to fewer numbers: quick to train on. */
export class FoldedEncoder implements Encoder {
  readonly identity: string;
  readonly #inner = new HashedNgramEncoder();
  constructor(readonly dimension = 96) {
    this.identity = `folded-${dimension}`;
  }
  async encode(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> {
    return (await this.#inner.encode(texts, signal)).map((vector) => {
      const folded = new Float32Array(this.dimension);
      vector.forEach((value, k) => (folded[k % this.dimension] = (folded[k % this.dimension] as number) + value));
      return folded;
    });
  }
}

export const encoder = new FoldedEncoder();

const vocabulary = Array.from(
  { length: 24 },
  (_, index) => `${'bcdfghjklmnp'[index % 12]}${'aeiou'[index % 5]}${'rstvwz'[index % 6]}o${index % 7}`,
);

export interface Task {
  id: string;
  outputs: JsonObject[];
  score: (output: JsonObject, stream: RandomStream) => number;
}

/** One rollout of each output; the first one is the incumbent's. */
export function candidatesOf(tasks: readonly Task[], more: Partial<Candidate> = {}): Candidate[] {
  const stream = randomStream(1, 'scores');
  return tasks.flatMap((task) =>
    task.outputs.map((outputs, index) => ({
      component: 'writer',
      exampleId: task.id,
      inputs: { topic: `topic ${task.id}` },
      outputs,
      origin: index === 0 ? ('base' as const) : ('sampled' as const),
      configurationHash: 'c',
      iteration: 0,
      scores: [task.score(outputs, stream)],
      ...more,
    })),
  );
}

export function rewardData(candidates: readonly Candidate[]): RewardData {
  return { pairs: preferencePairs(candidates), comparisons: comparisonsWithIncumbent(candidates) };
}

export function dataOf(tasks: readonly Task[]): RewardData {
  return rewardData(candidatesOf(tasks));
}

/**
 * Outputs of five words; each word of the vocabulary is worth the same everywhere, with `sign` -1 the opposite, of the first `turned`
 * of its 24 words.
 */
export function plantedTasks(count: number, prefix = 'train', sign = 1, turned = vocabulary.length): Task[] {
  const worth = vocabulary.map((_, index) => (index < turned ? sign : 1) * ((index % 3) - 1));
  return Array.from({ length: count }, (_, index) => {
    const stream = randomStream(7, prefix, index);
    return {
      id: `${prefix}-${index}`,
      outputs: Array.from({ length: 4 }, () => ({ text: stream.sample(vocabulary, 5).join(' ') })),
      score: ({ text }) =>
        0.5 +
        String(text)
          .split(' ')
          .reduce((sum, word) => sum + (worth[vocabulary.indexOf(word)] as number), 0) /
          12,
    };
  });
}

/** Planted tasks whose scores are chance. */
export function noiseTasks(count: number, prefix = 'noise'): Task[] {
  return plantedTasks(count, prefix).map((task) => ({ ...task, score: (_, stream) => stream.uniform() }));
}

/** The candidates, with the inputs of example `one` for those of `other` too. */
export function sharingInputs(candidates: readonly Candidate[], one: string, other: string): Candidate[] {
  const inputs = candidates.find(({ exampleId }) => exampleId === one)?.inputs as Candidate['inputs'];
  return candidates.map((candidate) => (candidate.exampleId === other ? { ...candidate, inputs } : candidate));
}

type Options = RewardData & TrainingOptions;

export function options(data: RewardData, more: Partial<Options> = {}): Options {
  return { component: 'writer', inputFields: ['topic'], outputFields: ['text'], ...data, encoder, seed: 3, ...more };
}

export function fitted(result: FitRewardResult): FittedReward {
  if (result.status !== 'fitted') throw new Error(result.reason);
  return result;
}
