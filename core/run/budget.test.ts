import { exhausted, pauseThresholds, thresholdReached, withoutReserve } from './budget';

const spend = { calls: 9, tokens: 900, usd: 0.9 };
const next = { calls: 1, tokens: 100, usd: 0.1 };

describe('a budget', () => {
  it('lets a call that just fits be made, and none that may go over', () => {
    expect(exhausted({ calls: 10, tokens: 1_000, usd: 1 }, spend, next)).toBeUndefined();
    expect(exhausted({ calls: 9 }, spend, next)).toBe('9 of 9 calls are made');
    expect(exhausted({ tokens: 999 }, spend, next)).toBe('900 of 999 tokens are used, and the next call may take 100');
    expect(exhausted({ usd: 0.95 }, spend, next)).toBe(
      '0.9000 of 0.9500 US dollars are spent, and the next call may cost 0.1000',
    );
    expect(exhausted({ usd: 0.9 }, spend, next)).toBe('0.9000 of 0.9000 US dollars are spent');
    expect(exhausted({ usd: 0 }, { ...spend, usd: 0 }, { ...next, usd: 0 })).toBeUndefined();
  });

  it('keeps a reserve out of each limit, and knows at which amounts to pause', () => {
    const budget = { calls: 10, usd: 2, wallClockMs: 1_000, pauseAt: 0.8 };
    expect(withoutReserve(budget, { calls: 4, tokens: 1, usd: 3, wallClockMs: 100 })).toEqual({
      calls: 6,
      usd: 0,
      wallClockMs: 900,
    });
    expect(pauseThresholds(budget)).toEqual({ calls: 8, usd: 1.6, wallClockMs: 800 });
    expect(pauseThresholds({ calls: 10 })).toBeUndefined();
    expect(thresholdReached({ calls: 9.5, usd: 0.9 }, spend)).toBe('usd');
    expect(thresholdReached({ calls: 9.5 }, spend)).toBeUndefined();
    expect(thresholdReached(undefined, spend)).toBeUndefined();
  });
});
