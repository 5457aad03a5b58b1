import { randomStream } from '../../core/random/stream';
import { calibrationError, type PredictedGain } from './calibration-error';

const stream = randomStream(1, 'calibration-error');
const gains = (count: number, error: (predicted: number) => number): PredictedGain[] =>
  Array.from({ length: count }, (_, index) => {
    const predicted = index / count - 0.5;
    return { group: `input-${index >> 1}`, predicted, truth: predicted + error(predicted) };
  });

describe('calibrationError', () => {
  it('is 0 for gains that are true, and how far off they are in the mean of a bin', () => {
    expect(calibrationError(gains(100, () => 0)).value).toBeCloseTo(0, 12);
    expect(calibrationError(gains(100, () => 0.2)).value).toBeCloseTo(0.2, 12);
    // Too bold on one side, too timid on the other: no mean over all gains would show it.
    expect(calibrationError(gains(100, (predicted) => (predicted > 0 ? -0.1 : 0.1))).value).toBeGreaterThan(0.08);
  });

  it('lets errors within a bin cancel out', () => {
    const noisy = gains(400, () => stream.normal());
    expect(calibrationError(noisy).value).toBeLessThan(0.25);
  });

  it('has an interval that is wider with fewer inputs', () => {
    const width = (count: number): number => {
      const { ci95 } = calibrationError(gains(count, () => 0.3 * stream.normal()));
      return ci95[1] - ci95[0];
    };
    expect(width(400)).toBeGreaterThan(0);
    expect(width(400)).toBeLessThan(width(40));
  });

  it('refuses no gains', () => {
    expect(() => calibrationError([])).toThrow(RangeError);
  });
});
