import type { CallRate } from '../../core/run/call-rate';
import { allowedRate, book, correct, refuse, untouched, type RateLimits } from './token-bucket';

const start = 1_000_000_000;

/** When calls of `tokens` tokens each may be sent, that all ask at `time`. */
function starts(limits: RateLimits, count: number, tokens = 0, first: CallRate = untouched, time = start): number[] {
  let rate = first;
  return Array.from({ length: count }, () => {
    const booked = book(rate, limits, tokens, time);
    rate = booked.rate;
    return booked.start - start;
  });
}

describe('a token bucket', () => {
  it('lets a twentieth of a minute through at once, and then the rate', () => {
    const times = starts({ requests: 1_200 }, 200);
    expect(times.filter((time) => time === 0)).toHaveLength(60);
    expect(times.at(-1)).toBe(140 * 50 - 0);
    expect(starts({ requests: 3 }, 4)).toEqual([0, 20_000, 40_000, 60_000]);
  });

  it('spaces calls by their tokens, also one larger than any burst, and corrects the estimate', () => {
    expect(starts({ tokens: 60_000 }, 3, 10_000)).toEqual([0, 7_000, 17_000]);
    const { rate } = book(untouched, { tokens: 60_000 }, 10_000, start);
    expect(starts({ tokens: 60_000 }, 1, 1, correct(rate, { tokens: 60_000 }, -9_000))).toEqual([0]);
    expect(starts({ tokens: 60_000 }, 1, 1, correct(rate, { tokens: 60_000 }, 5_000))).toEqual([12_000]);
    expect(correct(rate, {}, 5_000)).toBe(rate);
  });

  it('closes for as long as a 429 asks, ten minutes at most, and never opens earlier for a shorter one', () => {
    const refusal = { sentAt: start, observedRate: 100, retryAfterMs: 30_000 };
    const closed = refuse(untouched, {}, refusal, start);
    // At the reopening half of 100 a minute, and nothing saved up.
    expect(starts({}, 3, 0, closed)).toEqual([30_000, 31_200, 32_400]);
    expect(refuse(closed, {}, { ...refusal, retryAfterMs: 10 }, start)).toBe(closed);
    expect(starts({}, 1, 0, refuse(closed, {}, { ...refusal, retryAfterMs: 3_600_000 }, start))).toEqual([600_000]);
  });

  it('halves the rate once for a burst of 429s, and recovers by even steps', () => {
    const refusal = { sentAt: start - 1, observedRate: 600, retryAfterMs: undefined };
    const halved = refuse(untouched, {}, refusal, start);
    expect(allowedRate(halved, {}, start)).toBe(300);
    expect(refuse(halved, {}, refusal, start + 100)).toBe(halved);
    expect(allowedRate(halved, {}, start + 15_000)).toBe(450);
    expect(allowedRate(halved, {}, start + 30_000)).toBe(600);
    expect(allowedRate(halved, {}, start + 89_000)).toBeLessThan(1_200);
    expect(allowedRate(halved, {}, start + 90_000)).toBe(Infinity);
    const again = refuse(halved, {}, { ...refusal, sentAt: start + 1, observedRate: 300 }, start + 2);
    expect(allowedRate(again, {}, start + 2)).toBeCloseTo(150, 0);
    expect(allowedRate(halved, { requests: 500 }, start + 60_000)).toBe(500);
  });

  it('halves the rate at the reopening too, once for a burst, and recovers from there', () => {
    const refusal = { sentAt: start - 1, observedRate: 600, retryAfterMs: 60_000 };
    const closed = refuse(untouched, {}, refusal, start);
    expect(allowedRate(closed, {}, start + 60_000)).toBe(300);
    expect(allowedRate(closed, {}, start + 90_000)).toBe(600);
    const longer = refuse(closed, {}, { ...refusal, retryAfterMs: 70_000 }, start + 100);
    expect(allowedRate(longer, {}, start + 70_100)).toBe(300);
    expect(starts({}, 3, 0, longer)).toEqual([70_100, 70_300, 70_500]);
    const again = { sentAt: start + 60_001, observedRate: 300, retryAfterMs: 5_000 };
    expect(allowedRate(refuse(closed, {}, again, start + 60_002), {}, start + 65_002)).toBeCloseTo(150, 0);
  });

  it('only closes for less than a second, in which no rate can be measured', () => {
    const refusal = { sentAt: start - 1, observedRate: 600, retryAfterMs: 999 };
    expect(refuse(untouched, {}, refusal, start)).toEqual({
      ...untouched,
      closedUntil: start + 999,
      updatedAt: start,
    });
  });
});
