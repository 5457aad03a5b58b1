import { echoSystem } from '../test/support/echo-system';
import type { ExampleRange } from './contracts';
import { resolveSystem, type ResolvedSystem } from './definition/resolve-system';
import { exampleCounts, exampleSample, trainingParts } from './example-samples';

const train = 40;
const validation = 12;
let resolved: ResolvedSystem;
beforeAll(async () => {
  resolved = await resolveSystem(echoSystem({ train, validation }));
});

const idsOf = (examples: readonly { id: string }[]): string[] => examples.map(({ id }) => id);
const partsOf = (seed: number) => {
  const { preference, ranking } = trainingParts(resolved, seed);
  return { preference: idsOf(preference), ranking: idsOf(ranking) };
};
const sampled = (range: Partial<Omit<ExampleRange, 'from' | 'to'>>, seed = 0): string[] =>
  idsOf(
    exampleSample(resolved, seed, { ...{ split: 'train', purpose: 'preference', iteration: 0, count: 8 }, ...range }),
  );

describe('the parts of the training split', () => {
  it('are disjoint, and are all of it, each example once', () => {
    const { preference, ranking } = partsOf(0);
    expect([ranking.length, preference.length]).toEqual([10, 30]);
    expect([...preference, ...ranking].toSorted()).toEqual(idsOf(resolved.examples.train).toSorted());
    expect(new Set([...preference, ...ranking]).size).toBe(train);
  });

  it('are the same for a seed in every iteration, and others for another seed', () => {
    expect(partsOf(0)).toEqual(partsOf(0));
    expect(new Set(partsOf(1).ranking)).not.toEqual(new Set(partsOf(0).ranking));
  });

  it('are what is counted', () => {
    expect(exampleCounts(resolved, 0)).toEqual({ preference: 30, ranking: 10, validation, test: 2 });
  });
});

describe('a sample', () => {
  it('takes preference data from the one part, and what proposals are ranked on from the other', () => {
    const { preference, ranking } = partsOf(0);
    for (const iteration of [-1, 0, 1, 2, 3]) {
      for (const [purpose, pool] of [
        ['preference', preference],
        ['optimization', ranking],
      ] as const) {
        const ids = sampled({ purpose, iteration });
        expect(ids).toHaveLength(8);
        expect(new Set(ids).size).toBe(8);
        expect(ids.filter((id) => !pool.includes(id))).toEqual([]);
      }
    }
  });

  it('has as many as there are where more are asked for, each once', () => {
    const { ranking } = partsOf(0);
    expect(sampled({ purpose: 'optimization', count: 99 }).toSorted()).toEqual(ranking.toSorted());
  });

  it('is the same for the same seed, purpose and iteration, and another for any other', () => {
    const first = sampled({});
    expect(sampled({})).toEqual(first);
    for (const other of [sampled({ iteration: 1 }), sampled({ iteration: -1 })]) expect(other).not.toEqual(first);
    // No part is set aside there, so that all of them are drawn from the same examples.
    const ofValidation = (purpose: ExampleRange['purpose'], iteration: number, seed = 0) =>
      sampled({ split: 'validation', purpose, iteration }, seed);
    const samples = [
      ofValidation('validation', 0),
      ofValidation('validation', 1),
      ofValidation('validation', 0, 1),
      ofValidation('baseline', 0),
    ];
    expect(new Set(samples.map((ids) => ids.join())).size).toBe(samples.length);
  });

  it('takes fresh inputs in each iteration: some more with every one, in the end all', () => {
    const seen = new Set<string>();
    const sizes = Array.from({ length: 16 }, (_, iteration) => {
      for (const id of sampled({ iteration })) seen.add(id);
      return seen.size;
    });
    expect(sizes[0]).toBe(8);
    expect(sizes[1]).toBeGreaterThan(8);
    expect([...seen].toSorted()).toEqual(partsOf(0).preference.toSorted());
  });
});
