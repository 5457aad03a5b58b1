import { RefusalPatience } from './refusal-patience';

/** The waits of a call whose every attempt is refused at once, and how long it waited all in all. */
function waits(retryAfterMs: number | undefined): { waits: number[]; waitedMs: number } {
  const patience = new RefusalPatience();
  const made: number[] = [];
  let now = 5_000;
  for (;;) {
    const wait = patience.refused(retryAfterMs, now);
    if (wait === undefined) return { waits: made, waitedMs: now - 5_000 };
    made.push(wait);
    now += Math.max(wait, retryAfterMs ?? 0);
  }
}

describe('a call that is refused again and again', () => {
  it.each([
    [undefined, 1_000],
    [5, 100],
  ])('with Retry-After %s waits longer each time, and two minutes at least', (retryAfterMs, first) => {
    const { waits: made, waitedMs } = waits(retryAfterMs);
    made.forEach((wait, index) => {
      const middle = Math.min(30_000, first * 2 ** index);
      expect(wait).toBeGreaterThanOrEqual(middle * 0.5);
      expect(wait).toBeLessThanOrEqual(middle * 1.5);
    });
    expect(made.length).toBeGreaterThanOrEqual(8);
    expect(waitedMs).toBeGreaterThanOrEqual(120_000);
    expect(waitedMs).toBeLessThan(180_000 + 45_000);
  });

  it('is sent again 8 times where that takes longer, but is given up before it would have waited 10 minutes', () => {
    expect(waits(60_000)).toMatchObject({ waitedMs: 480_000, waits: { length: 8 } });
    expect(waits(100_000)).toMatchObject({ waitedMs: 600_000, waits: { length: 6 } });
    expect(waits(600_001)).toEqual({ waits: [], waitedMs: 0 });
  });
});
