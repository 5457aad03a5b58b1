import { randomStream } from '../random/stream';
import { interpolate, isotonicKnots } from './isotonic';

const points = (...given: [x: number, y: number, weight?: number][]) =>
  given.map(([x, y, weight = 1]) => ({ x, y, weight }));

describe('isotonicKnots', () => {
  it('keeps what increases already, in whatever order it is given', () => {
    expect(isotonicKnots(points([2, 5], [0, -1], [1, 3]))).toEqual([
      [0, -1],
      [1, 3],
      [2, 5],
    ]);
  });

  it('pools adjacent violators, back as far as need be', () => {
    // 3 and 1 pool to 2, which is no less than 2; with 0 behind it pools again.
    expect(isotonicKnots(points([0, 0], [1, 3], [2, 1], [3, 0.5], [4, 4]))).toEqual([
      [0, 0],
      [2, 1.5],
      [4, 4],
    ]);
    expect(isotonicKnots(points([0, 3], [1, 2], [2, 1]))).toEqual([[1, 2]]);
  });

  it('weighs what it pools', () => {
    expect(isotonicKnots(points([0, 3, 3], [4, 1, 1]))).toEqual([[1, 2.5]]);
  });

  it('has one value where x is equal, and one knot where y is', () => {
    expect(isotonicKnots(points([0, 0], [1, 1], [1, 3], [2, 5]))).toEqual([
      [0, 0],
      [1, 2],
      [2, 5],
    ]);
    expect(isotonicKnots(points([0, 1], [1, 1], [5, 1]))).toEqual([[2, 1]]);
  });

  it('is the best non-decreasing fit: no shift of a neighbouring group of values helps', () => {
    const stream = randomStream(1, 'isotonic');
    const given = Array.from({ length: 40 }, (_, x) => ({
      x,
      y: x / 20 + stream.normal(),
      weight: 0.5 + stream.uniform(),
    }));
    const knots = isotonicKnots(given);
    for (const [index, [x, y]] of knots.entries()) {
      if (index === 0) continue;
      const [x0, y0] = knots[index - 1] as [number, number];
      expect(x).toBeGreaterThan(x0);
      expect(y).toBeGreaterThan(y0);
    }
    // By the min-max formula (Barlow et al. 1972), independently of pools.
    const average = (from: number, to: number): number => {
      const part = given.slice(from, to + 1);
      return (
        part.reduce((sum, point) => sum + point.weight * point.y, 0) / part.reduce((sum, { weight }) => sum + weight, 0)
      );
    };
    const ends = given.map((_, index) => index);
    const levels = ends.map((at) =>
      Math.max(...ends.slice(0, at + 1).map((from) => Math.min(...ends.slice(at).map((to) => average(from, to))))),
    );
    const distinct = levels.filter((level, index) => index === 0 || level > (levels[index - 1] as number) + 1e-9);
    expect(knots.map(([, y]) => y)).toEqual(distinct.map((level) => expect.closeTo(level, 9)));
  });

  it('is nothing of nothing', () => {
    expect(isotonicKnots([])).toEqual([]);
  });
});

describe('interpolate', () => {
  const knots: [number, number][] = [
    [0, 0],
    [1, 4],
    [3, 6],
    [4, 10],
  ];

  it.each([
    [-5, 0],
    [0, 0],
    [0.25, 1],
    [1, 4],
    [2, 5],
    [3.5, 8],
    [4, 10],
    [99, 10],
  ])('is linear between knots and constant beyond: %p -> %p', (x, y) => {
    expect(interpolate(knots, x)).toBeCloseTo(y, 12);
  });

  it('is constant with one knot, and refuses none', () => {
    expect(interpolate([[2, 0.5]], -1)).toBe(0.5);
    expect(() => interpolate([], 1)).toThrow(RangeError);
  });
});
