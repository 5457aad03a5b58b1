import { gainEstimate } from './gain-estimate';

const measured = (...gains: number[]) => gains.map((gain) => ({ gain, standardError: 0 }));

describe('gainEstimate', () => {
  it('has the standard error of a mean, from the sample variance', () => {
    // Sum of squares 0.08, over 2 degrees of freedom and 3 inputs.
    const { meanGain, standardError, inputs } = gainEstimate(measured(0.1, 0.3, 0.5));
    expect([meanGain, inputs]).toEqual([expect.closeTo(0.3), 3]);
    expect(standardError).toBeCloseTo(Math.sqrt(0.08 / 2 / 3), 12);
  });

  it('is no smaller than what a reward is unsure of, however many inputs there are', () => {
    const predicted = Array.from({ length: 1_000 }, () => ({ gain: 0.2, standardError: 0.05 }));
    expect(gainEstimate(predicted)).toEqual({
      meanGain: expect.closeTo(0.2),
      standardError: expect.closeTo(0.05),
      inputs: 1_000,
    });
    const both = [0.1, 0.3, 0.5].map((gain, index) => ({ gain, standardError: 0.03 * (index + 1) }));
    expect(gainEstimate(both).standardError).toBeCloseTo(Math.hypot(Math.sqrt(0.08 / 2 / 3), 0.06), 12);
  });

  it('does not pass one gain, or none, for certainty', () => {
    expect(gainEstimate(measured(0.4))).toEqual({ meanGain: 0.4, standardError: 1, inputs: 1 });
    expect(gainEstimate([])).toEqual({ meanGain: 0, standardError: 1, inputs: 0 });
  });
});
