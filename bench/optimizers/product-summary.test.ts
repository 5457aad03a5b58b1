import { missedByProduct, summarizeProduct, type Method, type Outcome } from './product-summary';

const outcomes = (method: Method, gain: number, calls: number): Outcome[] =>
  [0, 1, 2].map((seed) => ({
    ...{ system: 'quickstart', method, seed, gain, ci95: [gain - 0.1, gain + 0.1] },
    ...{ validatedGain: 2 * gain, calls, systemRuns: calls / 4 + 75 },
  }));
const all = (ours: number): Outcome[] => [
  ...outcomes('ours', ours, 900),
  ...outcomes('no-lrf', 0.3, 600),
  ...outcomes('random', 0.4, 900),
];

it('compares calls with no-LRF, and gains with random search', () => {
  const { quickstart } = summarizeProduct(all(0.5));
  expect(quickstart?.callRatio).toBe(1.5);
  expect(quickstart?.costRatio).toBeCloseTo(300 / 225, 9);
  expect(quickstart?.methods.ours).toEqual({ seeds: 3, gain: 0.5, validatedGain: 1, calls: 900, systemRuns: 300 });
  expect(quickstart?.overRandom?.mean).toBeCloseTo(0.1, 9);
  // Six intervals of 0.1 to either side: sqrt(6) x 0.1 / 3.
  expect(quickstart?.overRandom?.ci95[0]).toBeCloseTo(0.1 - 0.0816, 3);
  expect(missedByProduct({ ...(quickstart && { quickstart }) })).toEqual([]);
});

it('misses where random search is surely better, and where a seed is missing', () => {
  expect(missedByProduct(summarizeProduct(all(0.35)))).toEqual([]);
  expect(missedByProduct(summarizeProduct(all(0.3)))).toEqual([expect.stringContaining('below random search')]);
  expect(missedByProduct(summarizeProduct(outcomes('ours', 0.5, 9)))).toEqual([
    'quickstart: 0 seeds of no-lrf, 3 wanted',
    'quickstart: 0 seeds of random, 3 wanted',
  ]);
});
