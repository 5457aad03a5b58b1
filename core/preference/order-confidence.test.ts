import { orderConfidence, rolloutVariance } from './order-confidence';

describe('rolloutVariance', () => {
  it('pools the variance within candidates, whatever their means', () => {
    // Squares 2 x 0.01 and 2 x 0.04 over one degree of freedom each, 0.02 over two.
    expect(rolloutVariance([[0.4, 0.6], [5, 5.4], [0.9, 1, 1.1], [7]])).toBeCloseTo((0.02 + 0.08 + 0.02) / 4);
  });

  it('is 0 where every candidate was rolled out once, or what is downstream answers alike each time', () => {
    expect(rolloutVariance([[0], [1], [1]])).toBe(0);
    expect(
      rolloutVariance([
        [0.3, 0.3, 0.3],
        [0.7, 0.7, 0.7],
      ]),
    ).toBe(0);
    expect(rolloutVariance([])).toBe(0);
  });

  it('is the same to the last bit in whatever order the rollouts arrived', () => {
    const scores = Array.from({ length: 40 }, (_, index) => [0.1 * index, 0.7, 0.3 + 0.01 * index]);
    const turned = [...scores].reverse().map((own) => [...own].reverse());
    expect(rolloutVariance(turned)).toBe(rolloutVariance(scores));
  });
});

describe('orderConfidence', () => {
  it('is what the normal distribution says of the difference of two means', () => {
    // Deviation 0.1 * sqrt(1/2 + 1/2): gaps of 1, 1.96 and 3 of them.
    for (const [deviations, confidence] of [
      [1, 0.6826895],
      [1.959964, 0.95],
      [3, 0.9973002],
    ] as const) {
      expect(orderConfidence(0.1 * deviations, 0.01, [2, 2])).toBeCloseTo(confidence, 5);
    }
  });

  it('is near 0 for a gap near 0 and grows with gap and rollouts', () => {
    expect(orderConfidence(1e-9, 0.01, [1, 1])).toBeLessThan(1e-6);
    expect(orderConfidence(1e-9, 0.01, [1, 1])).toBeGreaterThan(0);
    expect(orderConfidence(0.1, 0.01, [4, 1])).toBeGreaterThan(orderConfidence(0.1, 0.01, [1, 1]));
    expect(orderConfidence(0.1, 0.01, [4, 4])).toBeGreaterThan(orderConfidence(0.1, 0.01, [4, 1]));
    expect(orderConfidence(0.2, 0.01, [1, 1])).toBeGreaterThan(orderConfidence(0.1, 0.01, [1, 1]));
  });

  it('is 1 where rollouts do not vary', () => {
    expect(orderConfidence(0.001, 0, [1, 1])).toBe(1);
  });
});
