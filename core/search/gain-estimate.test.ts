import { gainEstimate } from './gain-estimate';

describe('gainEstimate', () => {
  it('has the standard error of a mean, from the sample variance', () => {
    // Sum of squares 0.08, over 2 degrees of freedom and 3 inputs.
    const { meanGain, standardError, inputs } = gainEstimate([0.1, 0.3, 0.5]);
    expect([meanGain, inputs]).toEqual([expect.closeTo(0.3), 3]);
    expect(standardError).toBeCloseTo(Math.sqrt(0.08 / 2 / 3), 12);
  });

  it('is no smaller than what a reward is unsure of, however many inputs there are', () => {
    const predicted = gainEstimate(new Array<number>(1_000).fill(0.2), new Array<number>(1_000).fill(0.05));
    expect(predicted).toEqual({ meanGain: expect.closeTo(0.2), standardError: expect.closeTo(0.05), inputs: 1_000 });
    const { standardError } = gainEstimate([0.1, 0.3, 0.5], [0.03, 0.06, 0.09]);
    expect(standardError).toBeCloseTo(Math.hypot(Math.sqrt(0.08 / 2 / 3), 0.06), 12);
  });

  it('does not pass one gain, or none, for certainty', () => {
    expect(gainEstimate([0.4])).toEqual({ meanGain: 0.4, standardError: 1, inputs: 1 });
    expect(gainEstimate([])).toEqual({ meanGain: 0, standardError: 1, inputs: 0 });
  });
});
