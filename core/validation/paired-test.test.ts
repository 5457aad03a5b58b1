import { randomStream } from '../random/stream';
import { pairedTest } from './paired-test';

describe('pairedTest on few differences', () => {
  it('gives the exact p', () => {
    expect(pairedTest([0.1, 0.2, 0.3], { seed: 0 }).p).toBe(2 / 8);
    // Patterns of (1, -2, 4) with a sum of at least 3: 1 - 2 + 4, -1 + 2 + 4 and 1 + 2 + 4.
    expect(pairedTest([1, -2, 4], { seed: 0 }).p).toBe(6 / 8);
    expect(pairedTest([-1, -1], { seed: 0 }).p).toBe(2 / 4);
    expect(pairedTest([0.5], { seed: 0 })).toEqual({ mean: 0.5, ci95: [-1, 1], p: 1, n: 1 });
  });

  it('agrees with the binomial sign test where all differences are as large', () => {
    // 9 wins of 10: P(at least 9 of 10 fair coins) = 11 / 1024.
    expect(pairedTest([1, 1, 1, 1, 1, 1, 1, 1, 1, -1], { seed: 0 }).p).toBe(22 / 1024);
  });

  it('is not moved by rounding: 0.1 + 0.2 ties with 0.3', () => {
    // Of the 8 patterns of (0.1, 0.2, -0.3), 5 have a sum of at least 0: (+,+,-), (+,+,+), (-,+,+), (+,-,+), (-,-,+).
    expect(pairedTest([1, 0.1, 0.2, -0.3], { seed: 0 }).p).toBe(10 / 16);
  });

  it('keeps zero differences in the sample without letting them count as evidence', () => {
    expect(pairedTest([0, 0, 0, 0], { seed: 0 }).p).toBe(1);
    expect(pairedTest([0, 1, 0, 1, 1], { seed: 0 }).p).toBe(2 / 8);
    expect(pairedTest(new Array<number>(40).fill(0), { seed: 0 })).toEqual({ mean: 0, ci95: [0, 0], p: 1, n: 40 });
    expect(pairedTest([0, 1, 0, 1, 1], { seed: 0 }).n).toBe(5);
  });

  it('refuses what it cannot test', () => {
    expect(() => pairedTest([], { seed: 0 })).toThrow('there are no differences');
    expect(() => pairedTest([0, Number.NaN], { seed: 0 })).toThrow('difference 1 is NaN');
    expect(() => pairedTest([0], { seed: 0, confidence: 1 })).toThrow('confidence must be between 0 and 1');
  });
});

describe('pairedTest on many differences', () => {
  it('is a function of differences and seed, with p never 0', () => {
    const differences = new Array<number>(60).fill(1);
    const result = pairedTest(differences, { seed: 5 });
    expect(result).toEqual(pairedTest(differences, { seed: 5 }));
    expect(result.p).toBe(2 / 10_001);
  });

  it('is close to the exact p of the binomial sign test', () => {
    // 20 wins of 30: P(at least 20 of 30 fair coins) = 0.0494.
    const differences = Array.from({ length: 30 }, (_, index) => (index < 20 ? 1 : -1));
    expect(Math.abs(pairedTest(differences, { seed: 1 }).p - 2 * 0.0494)).toBeLessThan(0.01);
  });

  const laws: [string, number, (stream: ReturnType<typeof randomStream>) => number][] = [
    ['binary', 0, (stream) => stream.choice([-1, 0, 0, 0, 1])],
    ['F1-like', 0, (stream) => stream.choice([0, 0, 1, -1]) * stream.choice([1, 0.5, stream.uniform()])],
    ['continuous', 0.05 - 3 * 0.005, (stream) => stream.uniform() - 0.5],
  ];
  it.each(laws)('rejects a true null in at most alpha of 2,000 simulations: %s', (name, least, draw) => {
    for (const n of [10, 24]) {
      const stream = randomStream(8, 'level', name, n);
      let rejected = 0;
      for (let run = 0; run < 2_000; run++) {
        const differences = Array.from({ length: n }, () => draw(stream));
        if (pairedTest(differences, { seed: run, flips: 199 }).p <= 0.05) rejected++;
      }
      // The standard error is 0.005. Ties make the test conservative, never liberal.
      expect(rejected / 2_000).toBeLessThan(0.05 + 3 * 0.005);
      expect(rejected / 2_000).toBeGreaterThan(least);
    }
  });

  it('finds a gain of half a standard deviation in 80 % of samples of 40', () => {
    const stream = randomStream(9, 'power');
    let accepted = 0;
    for (let run = 0; run < 300; run++) {
      const differences = Array.from({ length: 40 }, () => 0.5 + stream.normal());
      if (pairedTest(differences, { seed: run, flips: 499 }).p <= 0.05) accepted++;
    }
    expect(accepted / 300).toBeGreaterThan(0.8);
  });

  it('has an interval that covers the true mean about 95 % of the time', () => {
    for (const n of [10, 30]) {
      const stream = randomStream(10, 'interval', n);
      let inside = 0;
      for (let run = 0; run < 1_000; run++) {
        const differences = Array.from({ length: n }, () => 0.1 + 0.3 * (stream.uniform() - 0.5));
        const [low, high] = pairedTest(differences, { seed: run, flips: 499 }).ci95;
        if (low <= 0.1 && 0.1 <= high) inside++;
      }
      expect(inside / 1_000).toBeGreaterThan(0.93);
      expect(inside / 1_000).toBeLessThan(0.97);
    }
  });

  it('has an interval that excludes 0 exactly when p is at most 1 - confidence', () => {
    const stream = randomStream(12, 'duality');
    let excluded = 0;
    for (let run = 0; run < 200; run++) {
      const n = 6 + stream.integer(20);
      const differences = Array.from({ length: n }, () => 0.4 + stream.normal());
      const { ci95, p } = pairedTest(differences, { seed: run, confidence: 0.9, flips: 999 });
      expect(ci95[0] > 0 || ci95[1] < 0).toBe(p <= 0.1);
      if (ci95[0] > 0) excluded++;
    }
    expect(excluded).toBeGreaterThan(40);
    expect(excluded).toBeLessThan(180);
  });
});
