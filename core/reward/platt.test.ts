import { randomStream } from '../random/stream';
import { fitPlatt, plattValue, type PlattCurve } from './platt';

/** Points on a curve, without noise. */
function pointsOf(curve: PlattCurve, count = 400) {
  const stream = randomStream(1, 'platt');
  return Array.from({ length: count }, () => {
    const x = 2 * stream.normal();
    return { x, y: plattValue(curve, x), weight: 1 };
  });
}

describe('fitPlatt', () => {
  it.each([
    { low: 0, high: 1, slope: 1.5, offset: -0.5 },
    { low: -0.4, high: 0.4, slope: 0.2, offset: 0.3 },
    { low: -30, high: 30, slope: 4, offset: 1 },
  ])('recovers the curve that its points are on: $low..$high, $slope x + $offset', (curve) => {
    const fitted = fitPlatt(pointsOf(curve), curve.low, curve.high);
    expect(fitted.slope / curve.slope).toBeCloseTo(1, 1);
    expect(fitted.offset).toBeCloseTo(curve.offset, 1);
    for (const x of [-4, -1, 0, 1, 4]) {
      const apart = Math.abs(plattValue(fitted, x) - plattValue(curve, x));
      expect(apart).toBeLessThan(0.005 * (curve.high - curve.low));
    }
  });

  it('says nothing but the mean for data that are upside down', () => {
    const points = pointsOf({ low: 0, high: 1, slope: -1, offset: 0.7 });
    const fitted = fitPlatt(points, 0, 1);
    expect(fitted.slope).toBe(0);
    const mean = points.reduce((sum, { y }) => sum + y, 0) / points.length;
    expect(plattValue(fitted, -3)).toBeCloseTo(mean, 9);
    expect(plattValue(fitted, 3)).toBeCloseTo(mean, 9);
  });

  it('keeps a finite slope where a threshold parts the values', () => {
    const points = Array.from({ length: 40 }, (_, index) => ({ x: index - 19.5, y: index < 20 ? 0 : 1, weight: 1 }));
    const fitted = fitPlatt(points, 0, 1);
    expect(Number.isFinite(fitted.slope)).toBe(true);
    expect(fitted.slope).toBeGreaterThan(0);
    expect(plattValue(fitted, -19)).toBeLessThan(0.02);
    expect(plattValue(fitted, 19)).toBeGreaterThan(0.98);
  });

  it('weighs points: what weighs nothing says nothing', () => {
    const points = pointsOf({ low: 0, high: 1, slope: 1, offset: 0 });
    const others = points.map(({ x }) => ({ x, y: 1, weight: 1e-9 }));
    const fitted = fitPlatt([...points, ...others], 0, 1);
    expect(plattValue(fitted, 0)).toBeCloseTo(0.5, 3);
  });

  it('does not depend on the unit of x', () => {
    const points = pointsOf({ low: 0, high: 1, slope: 1, offset: 0.2 });
    const [one, other] = [1, 1e6].map((unit) =>
      fitPlatt(
        points.map((point) => ({ ...point, x: point.x * unit })),
        0,
        1,
      ),
    ) as [PlattCurve, PlattCurve];
    expect(other.slope * 1e6).toBeCloseTo(one.slope, 6);
    expect(plattValue(other, 1e6)).toBeCloseTo(plattValue(one, 1), 6);
  });
});
