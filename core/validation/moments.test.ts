import { mean, quantile, sampleVariance } from './moments';

describe('moments', () => {
  it('agree with hand calculation', () => {
    expect(mean([1, 2, 6])).toBe(3);
    expect(sampleVariance([1, 2, 6])).toBe(7);
    expect([0, 0.25, 0.5, 1].map((share) => quantile([10, 20, 40], share))).toEqual([10, 15, 20, 40]);
    expect(quantile([3], 0.9)).toBe(3);
  });

  it('refuse what has none', () => {
    expect(() => mean([])).toThrow('there are no values');
    expect(() => sampleVariance([1])).toThrow('1 value(s); give at least two');
    expect(() => quantile([], 0.5)).toThrow('there are no values');
  });
});
