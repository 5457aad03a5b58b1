import { slopeOf } from './least-squares';

describe('slopeOf', () => {
  it('is that of the line that points lie on', () => {
    expect(slopeOf([1, 2, 5, 9].map((x) => ({ x, y: 3 - 0.5 * x })))).toBeCloseTo(-0.5, 12);
  });

  it('is that of the nearest line where points scatter', () => {
    // By hand: covariance 2.5, variance 2.
    const ys = [0, 2, 1, 5, 4];
    expect(slopeOf(ys.map((y, x) => ({ x, y })))).toBeCloseTo(1.1, 12);
  });

  it('refuses points that all have one x', () => {
    expect(() => slopeOf([{ x: 1, y: 2 }])).toThrow('no slope');
  });
});
