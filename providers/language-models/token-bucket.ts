import type { CallRate } from '../../core/run/call-rate';

/** Limits of the configuration, a minute each. Undefined: none. */
export interface RateLimits {
  requests?: number | undefined;
  tokens?: number | undefined;
}

/** What a 429 said, about a call sent at `sentAt` when this process sent `observedRate` calls a minute. */
export interface Refusal {
  sentAt: number;
  retryAfterMs: number | undefined;
  observedRate: number;
}

const minute = 60_000;
/** Milliseconds of the rate that may be used at once, after a rest. */
const burstMs = 3_000;
/** The longest that a `Retry-After` closes an endpoint. */
export const LONGEST_CLOSING_MS = 10 * minute;
/** From half the rate back to all of it. */
const recoveryMs = 30_000;
/** The least that a rate is reduced to, requests a minute. */
const slowest = 6;
/** Milliseconds. A `Retry-After` below this is finer than rates are measured here: it is obeyed, and says nothing of them. */
const shortestSlowingMs = 1_000;

export const untouched: CallRate = {
  requestsAt: 0,
  tokensAt: 0,
  closedUntil: 0,
  reducedRate: null,
  ceiling: null,
  reducedAt: 0,
  updatedAt: 0,
};

/** Requests a minute that are allowed at a time; Infinity: as many as one likes. */
export function allowedRate({ reducedRate, ceiling, reducedAt }: CallRate, limits: RateLimits, time: number): number {
  const limit = limits.requests ?? Infinity;
  if (reducedRate === null || ceiling === null) return limit;
  const recovered = reducedRate + ((ceiling / 2) * Math.max(0, time - reducedAt)) / recoveryMs;
  // Without a configured limit nobody knows what the endpoint takes: at twice the old rate it is trusted again.
  return recovered >= 2 * ceiling ? limit : Math.min(limit, recovered);
}

/** When the next call may be sent, and the bucket after it (its estimated tokens are taken out). */
export function book(
  rate: CallRate,
  limits: RateLimits,
  tokens: number,
  time: number,
): { start: number; rate: CallRate } {
  const requestInterval = minute / allowedRate(rate, limits, time);
  const tokenInterval = minute / (limits.tokens ?? Infinity);
  const { requestsAt, tokensAt } = rate;
  const start = Math.max(
    time,
    rate.closedUntil,
    requestsAt - requestBurst(rate, limits, time),
    // A call may be larger than the burst: it goes when there is any room, and the next ones wait for it.
    tokensAt - burstMs,
  );
  return {
    start,
    rate: {
      ...rate,
      requestsAt: Math.max(requestsAt, start) + requestInterval,
      tokensAt: Math.max(tokensAt, start) + tokens * tokenInterval,
      updatedAt: time,
    },
  };
}

/** The bucket after calls turned out to have used `tokens` more (or fewer: negative) than estimated. */
export function correct(rate: CallRate, limits: RateLimits, tokens: number): CallRate {
  if (limits.tokens === undefined || tokens === 0) return rate;
  return { ...rate, tokensAt: rate.tokensAt + (tokens * minute) / limits.tokens };
}

/** The bucket after a 429: closed for as long as it asks, and then at half the rate. */
export function refuse(rate: CallRate, limits: RateLimits, refusal: Refusal, time: number): CallRate {
  const { sentAt, retryAfterMs, observedRate } = refusal;
  const closed = retryAfterMs === undefined ? rate : close(rate, retryAfterMs, time);
  if (retryAfterMs !== undefined && retryAfterMs < shortestSlowingMs) return closed;
  // A call sent before the last reduction says nothing about the rate since.
  if (sentAt <= rate.reducedAt) return closed === rate ? rate : reopening(closed, limits);
  const before = Math.min(allowedRate(rate, limits, time), Math.max(slowest, observedRate));
  const slowed = {
    ...closed,
    reducedRate: Math.max(Math.min(slowest, before), before / 2),
    ceiling: before,
    reducedAt: time,
    updatedAt: time,
  };
  return slowed.closedUntil > time ? reopening(slowed, limits) : slowed;
}

function close(rate: CallRate, milliseconds: number, time: number): CallRate {
  const closedUntil = time + Math.min(milliseconds, LONGEST_CLOSING_MS);
  return closedUntil > rate.closedUntil ? { ...rate, closedUntil, updatedAt: time } : rate;
}

/** The rate recovers from the reopening on, and nothing is saved up until then: not all who wait may go at once. */
function reopening(rate: CallRate, limits: RateLimits): CallRate {
  const slowed = { ...rate, reducedAt: rate.closedUntil };
  const full = rate.closedUntil + requestBurst(slowed, limits, rate.closedUntil);
  return { ...slowed, requestsAt: Math.max(rate.requestsAt, full) };
}

/** Milliseconds of the request rate that may be used at once beside the call that is due. */
function requestBurst(rate: CallRate, limits: RateLimits, time: number): number {
  return Math.max(0, burstMs - minute / allowedRate(rate, limits, time));
}
