import type { Arrival } from '../../test/support/scripted-endpoint';

/** A kill that happened. Times are milliseconds since 1970. */
export interface StruckKill {
  target: string;
  /** Labels of the workers that died. */
  workers: readonly string[];
  at: number;
  /** When all that was killed was there again. */
  backAt: number;
  /** Requests sent whose result was not committed. */
  inFlight: number;
}

export interface PaidTwice {
  /** Requests that had been sent before. */
  repeats: number;
  violations: string[];
}

/** Milliseconds from reply to commit: longer than this, and a commit must have happened (unless the database was away). */
const commitMs = 5_000;

/**
 * Each repeated request must have been lost by its earlier sender: killed before the reply was committed, or (an attempt
 * that the server gave up while it was away) gone from the connection before the reply came. And all in all no more can be
 * repeated than was in flight at the kills.
 */
export function paidTwice(arrivals: readonly Arrival[], kills: readonly StruckKill[]): PaidTwice {
  const violations: string[] = [];
  const latest = new Map<string, Arrival>();
  let repeats = 0;
  for (const arrival of arrivals) {
    const earlier = latest.get(arrival.hash);
    latest.set(arrival.hash, arrival);
    if (earlier === undefined) continue;
    repeats++;
    const fault = unexplained(earlier, arrival, kills);
    if (fault !== undefined)
      violations.push(`request ${arrival.number} repeats request ${earlier.number} of ${earlier.worker}, ${fault}`);
  }
  const inFlight = kills.reduce((sum, kill) => sum + kill.inFlight, 0);
  if (repeats > inFlight)
    violations.push(`${repeats} calls were paid twice, but ${inFlight} were in flight at the kills`);
  return { repeats, violations };
}

function unexplained(earlier: Arrival, arrival: Arrival, kills: readonly StruckKill[]): string | undefined {
  const death = kills.find(({ workers, at }) => workers.includes(earlier.worker) && at >= earlier.at);
  if (death === undefined || death.at > arrival.at) {
    return earlier.answeredAt === null ? undefined : 'which lived and had got the reply';
  }
  const answeredAt = earlier.answeredAt ?? Infinity;
  const away = kills.some(({ target, at, backAt }) => touchesDatabase(target) && at < death.at && backAt > answeredAt);
  if (death.at - answeredAt > commitMs && !away)
    return `which had the reply ${death.at - answeredAt} ms before it died`;
  return undefined;
}

function touchesDatabase(target: string): boolean {
  return target === 'database' || target === 'all';
}
