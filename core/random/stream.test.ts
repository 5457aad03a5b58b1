import { randomStream } from './stream';

const draws = (count: number, draw: () => number): number[] => Array.from({ length: count }, draw);
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('randomStream', () => {
  it('is a pure function of seed and labels', () => {
    const first = randomStream(7, 'opro', 3);
    const second = randomStream(7, 'opro', 3);
    expect(draws(20, first.uniform)).toEqual(draws(20, second.uniform));
  });

  it('gives the same values on every machine and version', () => {
    const stream = randomStream(0, 'pinned');
    expect(draws(4, () => stream.integer(1_000_000))).toMatchInlineSnapshot(`
     [
       35024,
       535071,
       853052,
       383089,
     ]
    `);
  });

  it('differs by seed, label, label order, label type and number of labels', () => {
    const keys: [number, ...(string | number)[]][] = [
      [1],
      [2],
      [1, 'a'],
      [1, 'a', 'b'],
      [1, 'b', 'a'],
      [1, 'ab'],
      [1, 2],
      [1, '2'],
      [0.5],
    ];
    const values = keys.map(([seed, ...labels]) => randomStream(seed, ...labels).uniform());
    expect(new Set(values).size).toBe(keys.length);
  });

  it('has uniform values with the right mean, variance, bins and no lag-1 correlation', () => {
    const stream = randomStream(3, 'uniform');
    const values = draws(50_000, stream.uniform);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(mean(values)).toBeCloseTo(0.5, 2);
    expect(mean(values.map((value) => (value - 0.5) ** 2))).toBeCloseTo(1 / 12, 2);
    const bins = new Array<number>(20).fill(0);
    for (const value of values) bins[Math.floor(value * 20)]! += 1;
    const chiSquare = bins.reduce((sum, count) => sum + (count - 2_500) ** 2 / 2_500, 0);
    // 99.9 % point of chi-square with 19 degrees of freedom.
    expect(chiSquare).toBeLessThan(43.8);
    const lagged = values.slice(1).map((value, index) => (value - 0.5) * (values[index]! - 0.5));
    expect(Math.abs(mean(lagged) * 12)).toBeLessThan(0.02);
  });

  it('has unbiased whole numbers, also for an n that does not divide 2^32', () => {
    const stream = randomStream(4, 'integer');
    const counts = new Array<number>(6).fill(0);
    for (let draw = 0; draw < 30_000; draw++) counts[stream.integer(6)]! += 1;
    for (const count of counts) expect(Math.abs(count - 5_000)).toBeLessThan(300);
    // Without redrawing, n = 3 * 2^30 would give values below 2^30 half of the time instead of a third.
    const large = draws(6_000, () => stream.integer(3 * 2 ** 30));
    expect(large.filter((value) => value < 2 ** 30).length / 6_000).toBeCloseTo(1 / 3, 1);
    expect(draws(100, () => stream.integer(2 ** 40)).some((value) => value > 2 ** 36)).toBe(true);
  });

  it('has standard normal values', () => {
    const values = draws(50_000, randomStream(5, 'normal').normal);
    expect(mean(values)).toBeCloseTo(0, 1);
    expect(mean(values.map((value) => value ** 2))).toBeCloseTo(1, 1);
    expect(values.filter((value) => value > 1.96).length / values.length).toBeCloseTo(0.025, 2);
    expect(values.every(Number.isFinite)).toBe(true);
  });

  it('shuffles and samples copies, without replacement', () => {
    const items = [1, 2, 3, 4, 5];
    const stream = randomStream(6, 'shuffle');
    expect([...stream.shuffle(items)].sort()).toEqual(items);
    expect(items).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(stream.sample(items, 3)).size).toBe(3);
    expect(stream.sample(items, 9)).toHaveLength(5);
    expect(stream.sample(items, 0)).toEqual([]);
    const firsts = new Array<number>(5).fill(0);
    for (let draw = 0; draw < 10_000; draw++) firsts[stream.shuffle(items).indexOf(1)]! += 1;
    for (const count of firsts) expect(Math.abs(count - 2_000)).toBeLessThan(200);
  });

  it('refuses what has no answer', () => {
    const stream = randomStream(1);
    expect(() => randomStream(Number.NaN)).toThrow('seed must be a finite number, not NaN');
    expect(() => stream.integer(0)).toThrow('n must be a whole number of at least 1, not 0');
    expect(() => stream.integer(1.5)).toThrow(RangeError);
    expect(() => stream.choice([])).toThrow('no items to choose from');
  });
});
