import { randomStream } from '../random/stream';
import { pairwiseAlignment, type ScoredPair } from './pairwise-alignment';

function pair(group: string, difference: number): ScoredPair {
  return { group, preferredReward: difference, rejectedReward: 0 };
}

describe('pairwiseAlignment', () => {
  it('counts ties as half', () => {
    const result = pairwiseAlignment([pair('a', 1), pair('a', -1), pair('b', 0), pair('b', 2)], { seed: 1 });
    expect(result).toMatchObject({ value: 0.625, pairs: 4, inputs: 2 });
  });

  it('resamples inputs: repeating each pair within its input narrows nothing', () => {
    const stream = randomStream(3, 'test');
    const once = Array.from({ length: 60 }, (_, index) => pair(`i${index}`, stream.uniform() < 0.7 ? 1 : -1));
    const repeated = once.flatMap((item) => Array.from({ length: 20 }, () => item));
    const [a, b] = [pairwiseAlignment(once, { seed: 1 }), pairwiseAlignment(repeated, { seed: 1 })];
    expect(b.value).toBeCloseTo(a.value);
    expect(b.ci95[0]).toBeCloseTo(a.ci95[0]);
    expect(b.ci95[1]).toBeCloseTo(a.ci95[1]);
  });

  it('covers the truth about 95 times in 100, and is seldom sure of noise', () => {
    const stream = randomStream(4, 'test');
    let [covered, sure] = [0, 0];
    for (let repeat = 0; repeat < 200; repeat++) {
      const pairs = Array.from({ length: 120 }, (_, index) => pair(`i${index >> 2}`, stream.uniform() < 0.5 ? 1 : -1));
      const { ci95, aboveChance } = pairwiseAlignment(pairs, { seed: repeat, resamples: 300 });
      if (ci95[0] <= 0.5 && ci95[1] >= 0.5) covered++;
      if (aboveChance >= 0.95) sure++;
    }
    expect(covered).toBeGreaterThanOrEqual(180);
    expect(sure).toBeLessThanOrEqual(16);
    expect(sure).toBeGreaterThan(0);
  });

  it('does not let a handful of unanimous inputs claim certainty', () => {
    const unanimous = (count: number): number =>
      pairwiseAlignment(
        Array.from({ length: count }, (_, index) => pair(`i${index}`, 1)),
        { seed: 1 },
      ).aboveChance;
    expect(unanimous(3)).toBeLessThan(0.95);
    expect(unanimous(12)).toBeGreaterThanOrEqual(0.95);
  });

  it('refuses no pairs and rewards that are not numbers', () => {
    expect(() => pairwiseAlignment([], { seed: 1 })).toThrow(TypeError);
    expect(() => pairwiseAlignment([pair('x', NaN)], { seed: 1 })).toThrow(/input 'x'/);
  });
});
