import { randomStream, type RandomStream } from '../random/stream';
import { signFlipP } from './sign-flip-p';

const p = (differences: readonly number[], resolving = 0.001, seed = 0): number =>
  signFlipP(differences, { seed, resolving });
const wins = (won: number, lost: number, tied = 0): number[] => [
  ...new Array<number>(won).fill(1),
  ...new Array<number>(lost).fill(-1),
  ...new Array<number>(tied).fill(0),
];

describe('signFlipP', () => {
  it('is the exact binomial sign test for few binary differences, ties left out', () => {
    expect(p(wins(9, 1))).toBe(11 / 1024);
    expect(p(wins(9, 1, 60))).toBe(11 / 1024);
    expect(p([0, 0, 0])).toBe(1);
    expect(p([0.1, 0.2, 0.3])).toBe(1 / 8);
  });

  it.each([1e-109, 1e-300, 5e-324 * 2 ** 20, 1e200])('is the same in units of %d', (unit) => {
    const differences = [1, -0.875, 0.375, -0.25, 0.5, -0.5625, 0.125, -0.125, 0.25, -0.25];
    const exact = p(differences);
    expect(exact).toBeGreaterThan(0.4);
    const scaled = differences.map((value) => value * unit);
    expect(p(scaled)).toBeCloseTo(exact, 9);
    const [many, few] = [scaled, differences].map((values) => p([...values, ...values, ...values, ...values]));
    expect(many).toBeCloseTo(few as number, 9);
  });

  it('resolves the small levels of one look, finalist and iteration of many', () => {
    // P(at least 32 of 36 fair coins) = 9.7e-7 and P(at least 29 of 36) = 1.6e-4.
    expect(p(wins(32, 4), 5e-5)).toBeLessThan(1e-5);
    expect(p(wins(32, 4), 5e-5)).toBeGreaterThan(0);
    expect(p(wins(29, 7), 5e-5) / 1.6e-4).toBeCloseTo(1, 0);
  });

  it('is a function of differences and seed alone where p is large, whatever is to be resolved', () => {
    const differences = Array.from({ length: 80 }, (_, index) => Math.sin(index));
    expect(p(differences, 1e-5, 3)).toBe(p(differences, 1e-5, 3));
    expect(p(differences, 1e-5, 3)).toBe(p(differences, 0.01, 3));
    expect(p(differences, 1e-5, 4)).not.toBe(p(differences, 1e-5, 3));
  });

  const laws: [string, (stream: RandomStream) => number][] = [
    ['binary', (stream) => stream.choice([-1, 0, 1])],
    ['continuous', (stream) => stream.normal()],
    ['few large losses', (stream) => (stream.uniform() < 0.3 ? -0.7 : 0.3) + 0.1 * (stream.uniform() - 0.5)],
    ['few large gains', (stream) => (stream.uniform() < 0.3 ? 0.7 : -0.3) + 0.1 * (stream.uniform() - 0.5)],
  ];
  it.each(laws)('is at most 0.005 in about 0.5 %% of samples of mean 0: %s', (name, draw) => {
    const stream = randomStream(1, 'level', name);
    let significant = 0;
    const repeats = 2_000;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const differences = Array.from({ length: 40 }, () => draw(stream));
      // No p this small without a sum of two roots of the sum of squares. Plain flips find 1.1 % with few large losses.
      const sum = differences.reduce((total, difference) => total + difference, 0);
      const scale = Math.sqrt(differences.reduce((total, difference) => total + difference ** 2, 0));
      if (sum > 2 * scale && p(differences, 0.005, repeat) <= 0.005) significant++;
    }
    expect(significant / repeats).toBeLessThan(0.005 + 3 * Math.sqrt(0.005 / repeats));
  });

  it('is larger where few large losses are what makes flips of the sum significant', () => {
    const skewed = [...new Array<number>(36).fill(0.3), ...new Array<number>(4).fill(-0.7)].map(
      (value, index) => value + 0.01 * Math.sin(index),
    );
    const plain = plainP(skewed);
    expect(plain).toBeLessThan(2e-4);
    expect(p(skewed, 1e-4)).toBeGreaterThan(3 * plain);
  });
});

/** One-sided p of the sum under 50,000 random sign flips. */
function plainP(differences: readonly number[]): number {
  const stream = randomStream(5, 'plain');
  const observed = differences.reduce((sum, difference) => sum + difference, 0);
  let atLeast = 0;
  for (let flip = 0; flip < 50_000; flip++) {
    let sum = 0;
    for (const difference of differences) sum += stream.uniform() < 0.5 ? difference : -difference;
    if (sum >= observed - 1e-9) atLeast++;
  }
  return (atLeast + 1) / 50_001;
}
