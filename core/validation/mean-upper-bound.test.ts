import { randomStream, type RandomStream } from '../random/stream';
import { meanUpperBound } from './mean-upper-bound';
import { mean } from './moments';

const sample = (n: number, draw: (index: number) => number): number[] => Array.from({ length: n }, (_, i) => draw(i));
const zeros = (n: number): number[] => new Array<number>(n).fill(0);

describe('coverage', () => {
  const laws: [string, number, (stream: RandomStream) => number][] = [
    ['no gain ever', 0, () => 0],
    ['binary scores', 0.1, (stream) => [1, 1, 1, -1, -1, 0, 0, 0, 0, 0][stream.integer(10)] as number],
    ['scores like F1', 0.1, (stream) => 0.1 + (stream.uniform() + stream.uniform() - 1) / 2],
    ['rare large gains', 0.05, (stream) => (stream.uniform() < 0.05 ? 1 : 0)],
    ['as wide as can be', 0, (stream) => (stream.uniform() < 0.5 ? 1 : -1)],
  ];
  it.each(laws)('holds for %s, at every sample size', (name, truth, draw) => {
    for (const n of [3, 24, 60]) {
      const stream = randomStream(1, 'coverage', name, n);
      let missed = 0;
      for (let repeat = 0; repeat < 200; repeat++) {
        if (
          meanUpperBound(
            sample(n, () => draw(stream)),
            { delta: 0.1 },
          ) < truth
        )
          missed++;
      }
      expect(missed).toBeLessThanOrEqual(20);
    }
  });

  it('holds where a good beginning decides that more is measured', () => {
    const stream = randomStream(2, 'stopping');
    const draw = (): number => (stream.uniform() < 0.5 ? 1 : -1);
    let missed = 0;
    for (let repeat = 0; repeat < 300; repeat++) {
      const values = sample(12, draw);
      // A bad beginning ends it: what is left looks worse than it is.
      while (mean(values) > -0.2 && values.length < 60) values.push(...sample(12, draw));
      if (meanUpperBound(values, { delta: 0.1 }) < 0) missed++;
    }
    expect(missed).toBeLessThanOrEqual(30);
  });
});

it('is clearly positive for 24 gains of 0, and not far from the least that is possible', () => {
  const delta = 0.05 / 20;
  // Where a gain of 1 has probability p, none is seen with probability (1 - p)^n: no bound can be below this.
  const least = 1 - delta ** (1 / 24);
  const bound = meanUpperBound(zeros(24), { delta });
  expect(bound).toBeGreaterThan(least);
  expect(bound).toBeLessThan(least + 0.06);
});

it('is tight where the values hardly vary, and never below their mean', () => {
  const stream = randomStream(3, 'tight');
  const steady = sample(80, () => 0.2 + 0.02 * stream.normal());
  const wild = sample(80, () => (stream.uniform() < 0.6 ? 1 : -1));
  expect(meanUpperBound(steady, { delta: 0.05 })).toBeLessThan(mean(steady) + 0.06);
  expect(meanUpperBound(wild, { delta: 0.05 })).toBeGreaterThan(mean(wild) + 0.15);
  expect(meanUpperBound(steady, { delta: 0.9 })).toBeGreaterThan(mean(steady));
  expect(meanUpperBound([1, 1], { delta: 0.05 })).toBe(1);
});

it('falls with delta and with more examples, whatever their order', () => {
  const values = [0.5, -0.2, 0, 0.1, -1, 0.3];
  const bounds = [0.001, 0.05, 0.2, 0.5].map((delta) => meanUpperBound(values, { delta }));
  expect(bounds).toEqual([...bounds].sort((a, b) => b - a));
  expect(new Set(bounds).size).toBe(4);
  expect(meanUpperBound(zeros(80), { delta: 0.05 })).toBeLessThan(meanUpperBound(zeros(24), { delta: 0.05 }));
  expect(meanUpperBound(values.toReversed(), { delta: 0.05 })).toBeCloseTo(bounds[1] as number, 9);
});

it('is a number for the highest values and for very many, where capitals vanish or explode', () => {
  for (const high of [0.1, 0.3, 0.7, 1, 3]) {
    const values = [...new Array<number>(5_000).fill(0), high, high / 3];
    const bound = meanUpperBound(values, { delta: 0.05, bounds: [-high, high] });
    expect(bound).toBeGreaterThan(mean(values));
    expect(bound).toBeLessThan(0.01 * high);
  }
});

it('knows other bounds: a value can be no larger than the highest', () => {
  expect(meanUpperBound(zeros(10), { delta: 0.05, bounds: [0, 0.1] })).toBeLessThan(0.1);
  expect(meanUpperBound([0.1, 0.1], { delta: 0.05, bounds: [0, 0.1] })).toBe(0.1);
});

it.each<[string, number[], { delta: number; bounds?: [number, number] }]>([
  ['there are no values', [], { delta: 0.05 }],
  ['value 1 is 2; expected one in [-1, 1]', [0, 2], { delta: 0.05 }],
  ['value 0 is NaN', [Number.NaN], { delta: 0.05 }],
  ['delta must be between 0 and 1, not 0', [0], { delta: 0 }],
  ['delta must be between 0 and 1, not NaN', [0], { delta: Number.NaN }],
  ['the bounds are 1 and 0', [0], { delta: 0.05, bounds: [1, 0] }],
])('refuses bad input: %s', (message, values, options) => {
  expect(() => meanUpperBound(values, options)).toThrow(RangeError);
  expect(() => meanUpperBound(values, options)).toThrow(message);
});
