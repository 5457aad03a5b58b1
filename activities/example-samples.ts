import { rankingExamples } from '../core/run/local-step-inputs';
import { randomStream } from '../core/random/stream';
import type { Example } from '../core/system/run-context';
import type { ResolvedSystem } from './definition/resolve-system';
import type { ExampleCounts, ExampleRange } from './contracts';

/** The run's parts of the training split: rewards are fitted on one, proposals ranked on the other. */
export function trainingParts(resolved: ResolvedSystem, seed: number): { preference: Example[]; ranking: Example[] } {
  const shuffled = randomStream(seed, 'training-parts').shuffle(resolved.examples.train);
  const ranking = rankingExamples(shuffled.length);
  return { ranking: shuffled.slice(0, ranking), preference: shuffled.slice(ranking) };
}

export function exampleCounts(resolved: ResolvedSystem, seed: number): ExampleCounts {
  const { preference, ranking } = trainingParts(resolved, seed);
  return {
    preference: preference.length,
    ranking: ranking.length,
    validation: resolved.examples.validation.length,
    test: resolved.examples.test.length,
  };
}

/** The whole sample that a range indexes: a function of (seed, split, purpose, iteration) and nothing else. */
export function exampleSample(
  resolved: ResolvedSystem,
  seed: number,
  range: Omit<ExampleRange, 'from' | 'to'>,
): Example[] {
  const { split, purpose, iteration, count } = range;
  const parts = split === 'train' ? trainingParts(resolved, seed) : undefined;
  const pool =
    parts === undefined ? resolved.examples[split] : purpose === 'optimization' ? parts.ranking : parts.preference;
  return randomStream(seed, 'sample', split, purpose, iteration).sample(pool, Math.min(count, pool.length));
}
