import { costRatio, valuesAt, type StepCurve } from './cost-to-reach';

/** Rises to `final` in ten steps of equal cost and gain. */
const rising = (costPerStep: number, final: number): StepCurve =>
  Array.from({ length: 11 }, (_, step) => [step * costPerStep, (step * final) / 10]);

describe('costRatio', () => {
  it('is the ratio of the costs at which nine tenths of the base value are reached', () => {
    const seeds = [1, 2, 3, 4].map((scale) => ({ curve: rising(5 * scale, 1), base: rising(10 * scale, 1) }));
    const { ratio, ci95, target } = costRatio(seeds, { resamples: 200 });
    expect(target).toBeCloseTo(0.9, 9);
    expect(ratio).toBeCloseTo(0.5, 1);
    expect(ci95[0]).toBeGreaterThan(0.45);
    expect(ci95[1]).toBeLessThan(0.55);
  });

  it('is infinite where the variant ends below, and its interval says how sure that is', () => {
    const { ratio, ci95 } = costRatio([{ curve: rising(5, 0.5), base: rising(10, 1) }], { resamples: 50 });
    expect(ratio).toBe(Infinity);
    expect(ci95).toEqual([Infinity, Infinity]);
  });

  it('has an interval that widens where seeds differ', () => {
    const seeds = Array.from({ length: 20 }, (_, seed) => ({
      curve: rising(seed % 2 === 0 ? 2 : 30, 1),
      base: rising(10, 1),
    }));
    const { ratio, ci95 } = costRatio(seeds, { resamples: 300 });
    expect(ci95[0]).toBeLessThan(ratio);
    expect(ci95[1]).toBeGreaterThanOrEqual(ratio);
    expect(ci95[1] - ci95[0]).toBeGreaterThan(0.1);
  });

  it('refuses no curves', () => {
    expect(() => costRatio([])).toThrow('there are no curves');
  });
});

describe('valuesAt', () => {
  it('holds a value until the next point, and is 0 before the first', () => {
    expect(
      valuesAt(
        [
          [1, 5],
          [3, 7],
        ],
        [0.5, 1, 2, 3, 9],
      ),
    ).toEqual([0, 5, 5, 7, 7]);
  });
});
