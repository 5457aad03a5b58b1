import { LONGEST_CLOSING_MS } from './token-bucket';

/** How long a call waits out 429s. */
export interface Patience {
  /** So many are waited out, and as many more as come within `usualMs` of the first. */
  refusals: number;
  usualMs: number;
  /** Milliseconds after the first that no wait goes beyond. */
  longestMs: number;
}

const usualPatience: Patience = { refusals: 8, usualMs: 120_000, longestMs: LONGEST_CLOSING_MS };

/** Milliseconds of a call's first wait: where the endpoint says when to come back, and where it does not. */
const firstWaitMs = { told: 100, untold: 1_000 };
const longestWaitMs = 30_000;

/** The waits of one call that is refused again and again with 429, so that they do not use up the attempts of its activity. */
export class RefusalPatience {
  private refusals = 0;
  private since: number | undefined;

  constructor(private readonly patience: Patience = usualPatience) {}

  /**
   * Milliseconds that the call waits at least, longer each time and different for each call, so that not all come back
   * together; undefined when it is given up.
   *
   * @param retryAfterMs for how long the endpoint is closed now, if it said so.
   * @param now milliseconds of any steady clock.
   */
  refused(retryAfterMs: number | undefined, now: number): number | undefined {
    const { refusals, usualMs, longestMs } = this.patience;
    this.since ??= now;
    this.refusals++;
    const first = retryAfterMs === undefined ? firstWaitMs.untold : firstWaitMs.told;
    const waitMs = Math.min(longestWaitMs, first * 2 ** (this.refusals - 1)) * (0.5 + Math.random());
    const waitedMs = now - this.since;
    if (this.refusals > refusals && waitedMs >= usualMs) return undefined;
    return waitedMs + Math.max(waitMs, retryAfterMs ?? 0) > longestMs ? undefined : waitMs;
  }
}
