import { randomStream } from '../random/stream';
import { meanInterval, studentT975 } from './score-interval';

/** Share of simulated samples whose interval contains the true mean. */
function coverage(n: number, trueMean: number, draw: (stream: ReturnType<typeof randomStream>) => number): number {
  const stream = randomStream(11, 'coverage', n, trueMean);
  const repeats = 2_000;
  let inside = 0;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const [low, high] = meanInterval(Array.from({ length: n }, () => draw(stream))).ci95;
    if (low <= trueMean && trueMean <= high) inside++;
  }
  return inside / repeats;
}

describe('meanInterval', () => {
  it.each([
    [10, 0.5],
    [20, 0.9],
    [50, 0.3],
  ])('covers about 95 %% for %i binary scores of mean %d', (n, p) => {
    const share = coverage(n, p, (stream) => (stream.uniform() < p ? 1 : 0));
    expect(share).toBeGreaterThan(0.93);
    expect(share).toBeLessThan(0.99);
  });

  it.each([8, 20, 60])('covers at least about 95 %% for %i F1-like scores', (n) => {
    // 40 % zeros, 40 % ones, the rest spread between.
    const share = coverage(n, 0.5, (stream) => {
      const kind = stream.uniform();
      return kind < 0.4 ? 0 : kind < 0.8 ? 1 : stream.uniform();
    });
    expect(share).toBeGreaterThan(0.93);
  });

  it('never claims certainty and stays in [0, 1]', () => {
    expect(meanInterval([1, 1, 1, 1, 1]).ci95[0]).toBeCloseTo(0.566, 3);
    expect(meanInterval([1, 1, 1, 1, 1]).ci95[1]).toBe(1);
    expect(meanInterval([0]).ci95[1]).toBeCloseTo(0.793, 3);
    expect(meanInterval([0.5]).ci95).toEqual([0, 1]);
    const equal = meanInterval([0.5, 0.5, 0.5, 0.5]).ci95;
    expect(equal[1] - equal[0]).toBeGreaterThan(0.5);
  });

  it('refuses no scores, scores outside [0, 1] and NaN', () => {
    expect(() => meanInterval([])).toThrow('there are no scores');
    expect(() => meanInterval([0.5, 1.5])).toThrow('the score 1.5 is outside [0, 1]');
    expect(() => meanInterval([0.5, Number.NaN])).toThrow('score 1 is NaN');
  });
});

describe('studentT975', () => {
  it.each([
    [1, 12.706],
    [2, 4.303],
    [3, 3.182],
    [5, 2.571],
    [10, 2.228],
    [30, 2.042],
  ])('agrees with the tables at %i degrees of freedom', (degrees, expected) => {
    expect(Math.abs(studentT975(degrees) - expected)).toBeLessThan(0.02);
  });
});
