import { spreadOf, summarizeHistories } from './summary';

describe('spreadOf', () => {
  it('gives the middle value of an odd number, the mean of the middle two of an even one', () => {
    expect(spreadOf([5, 1, 10])).toEqual({ min: 1, median: 5, max: 10 });
    expect(spreadOf([5, 1, 10, 2])).toEqual({ min: 1, median: 3.5, max: 10 });
  });

  it('refuses no values', () => {
    expect(() => spreadOf([])).toThrow(RangeError);
  });
});

describe('summarizeHistories', () => {
  it('gives mean and largest of events and bytes, which may be of different executions', () => {
    const histories = [
      { workflowType: 'iteration', events: 10, bytes: 300 },
      { workflowType: 'iteration', events: 30, bytes: 100 },
    ];
    expect(summarizeHistories(histories)).toEqual({
      executions: 2,
      meanEvents: 20,
      largestEvents: 30,
      meanBytes: 200,
      largestBytes: 300,
    });
  });
});
