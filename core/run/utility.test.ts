import { hasPriceObjective, utility } from './utility';

const price = { usd: 0.02, seconds: 4 };

describe('utility', () => {
  it('is the score where neither money nor latency counts', () => {
    const none = { scorePerUsd: 0, scorePerSecond: 0 };
    expect(hasPriceObjective(none)).toBe(false);
    expect(utility(0.7, price, none)).toBe(0.7);
  });

  it('takes off what an example costs, in units of score', () => {
    const both = { scorePerUsd: 5, scorePerSecond: 0.05 };
    expect(hasPriceObjective(both)).toBe(true);
    expect(utility(0.7, price, both)).toBeCloseTo(0.7 - 0.1 - 0.2, 12);
    expect(hasPriceObjective({ scorePerUsd: 0, scorePerSecond: 0.05 })).toBe(true);
  });
});
