import { setTimeout as sleep } from 'node:timers/promises';
import type { CallRate } from '../../core/run/call-rate';
import { BucketTime } from './bucket-time';
import { allowedRate, book, correct, refuse, untouched, type RateLimits } from './token-bucket';

/** Where call rates are kept for all workers; changed by compare-and-swap. */
export interface CallRates {
  /** Milliseconds since 1970. */
  now(): number;
  read(endpoint: string): Promise<{ version: number; rate: CallRate } | undefined>;
  /** False when another has changed the rate since `version` was read; nothing is changed then. */
  replace(endpoint: string, version: number | undefined, rate: CallRate): Promise<boolean>;
}

/** Permits are booked this far ahead, in milliseconds: at most this much is lost with a process or a cancelled call. */
const bookedAheadMs = 250;
/** How often a process without limits looks whether another one has met a 429. */
const lookEveryMs = 1_000;
/** A reduced rate recovers: a longer wait is computed anew. */
const longestSleepMs = 5_000;
const observedMs = 10_000;

interface Waiting {
  tokens: number;
  enter: () => void;
  fail: (error: unknown) => void;
}

/**
 * The calls of this process that wait for one endpoint's rate, in order of asking. For all of them together, permits are
 * taken from the shared bucket a quarter of a second ahead; until the next one is due nothing is read or written.
 */
export class CallLine {
  private readonly waiting: Waiting[] = [];
  private readonly sent: number[] = [];
  private serving = false;
  /** Ends the sleep of `serve` when nobody waits any more. */
  private rest = new AbortController();
  private openUntil = 0;
  private closedUntil = 0;
  private uncorrected = 0;
  private readonly bucketTime = new BucketTime();

  constructor(
    private readonly rates: CallRates,
    private readonly endpoint: string,
    private readonly limits: RateLimits,
  ) {}

  /** Waits until a call of about that many tokens may be sent. @throws the signal's reason, or StorageError */
  async enter(tokens: number, signal: AbortSignal): Promise<void> {
    // A turn that was given before the endpoint closed is lost: the next one is spaced as it is to be after the reopening.
    do {
      await this.untilReopened(signal);
      if (performance.now() >= this.openUntil) await this.turn(tokens, signal);
    } while (performance.now() < this.closedUntil);
    const now = performance.now();
    this.sent.push(now);
    while ((this.sent[0] ?? now) < now - observedMs) this.sent.shift();
  }

  /** Tells that a call used `tokens` more than it entered with (fewer: negative). */
  correct(tokens: number): void {
    if (this.limits.tokens !== undefined) this.uncorrected += tokens;
  }

  /** Tells all workers that the endpoint refused a call, sent so many milliseconds ago, with 429. */
  async refused(retryAfterMs: number | undefined, sentMsAgo: number): Promise<void> {
    this.openUntil = 0;
    if (retryAfterMs !== undefined)
      this.closedUntil = Math.max(this.closedUntil, performance.now() + Math.min(retryAfterMs, longestSleepMs));
    const oldest = Math.max(1_000, performance.now() - (this.sent[0] ?? 0));
    const observedRate = (this.sent.length * 60_000) / oldest;
    for (;;) {
      const { version, rate, time } = await this.look();
      const changed = refuse(rate, this.limits, { sentAt: time - sentMsAgo, retryAfterMs, observedRate }, time);
      if (changed === rate || (await this.rates.replace(this.endpoint, version, changed))) return;
    }
  }

  /** Sleeps while this process knows that the endpoint is closed; the database may be told a little later. */
  private async untilReopened(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const leftMs = this.closedUntil - performance.now();
      if (leftMs <= 0) return;
      await sleep(Math.ceil(leftMs), undefined, { signal }).catch(() => undefined);
    }
  }

  private turn(tokens: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        const place = this.waiting.indexOf(item);
        if (place >= 0) this.waiting.splice(place, 1);
        if (this.waiting.length === 0) this.rest.abort();
        reject(signal.reason as Error);
      };
      const item: Waiting = {
        tokens,
        enter: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
        fail: (error) => {
          signal.removeEventListener('abort', leave);
          reject(error as Error);
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.waiting.push(item);
      if (!this.serving) void this.serve();
    });
  }

  private async serve(): Promise<void> {
    this.serving = true;
    try {
      while (this.waiting.length > 0) {
        const restMs = await this.admit();
        this.rest = new AbortController();
        if (this.waiting.length > 0)
          await sleep(restMs, undefined, { signal: this.rest.signal }).catch(() => undefined);
      }
    } catch (error) {
      for (const item of this.waiting.splice(0)) item.fail(error);
    } finally {
      this.serving = false;
    }
  }

  /** Books permits for those who wait, as far as they are due soon. @returns milliseconds until it is worth trying again. */
  private async admit(): Promise<number> {
    const { version, rate: stored, time } = await this.look();
    if (this.isOpen(stored, time)) {
      const now = performance.now();
      // What was read may be older than a 429 that this process has just met.
      if (now >= this.closedUntil) this.openUntil = now + lookEveryMs;
      for (const item of this.waiting.splice(0)) item.enter();
      return 0;
    }
    const correction = this.uncorrected;
    let rate = correct(stored, this.limits, correction);
    const booked: { item: Waiting; start: number }[] = [];
    let next = time;
    for (const item of this.waiting) {
      const booking = book(rate, this.limits, item.tokens, time);
      next = booking.start;
      if (next > time + bookedAheadMs) break;
      rate = booking.rate;
      booked.push({ item, start: next });
    }
    // A random part keeps several processes from always asking in the same order.
    if (booked.length === 0) return Math.min(longestSleepMs, next - time) + Math.random() * 20;
    if (!(await this.rates.replace(this.endpoint, version, rate))) return Math.random() * 20;
    this.uncorrected -= correction;
    for (const { item, start } of booked) {
      const place = this.waiting.indexOf(item);
      if (place >= 0) this.waiting.splice(place, 1);
      setTimeout(item.enter, start - time);
    }
    return Math.max(0, Math.min(longestSleepMs, next - time));
  }

  private isOpen(rate: CallRate, time: number): boolean {
    const unlimited = allowedRate(rate, this.limits, time) === Infinity && this.limits.tokens === undefined;
    return unlimited && rate.closedUntil <= time;
  }

  private async look(): Promise<{ version: number | undefined; rate: CallRate; time: number }> {
    const { version, rate } = (await this.rates.read(this.endpoint)) ?? { version: undefined, rate: untouched };
    return { version, rate, time: this.bucketTime.at(version, rate.updatedAt, this.rates.now()) };
  }
}
