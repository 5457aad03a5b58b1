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
 * Milliseconds after an outage in which an attempt may still be broken off: the server finds that a heartbeat is missing,
 * and the worker hears of it at its next one.
 */
const aftermathMs = 10_000;

/**
 * Each repeated request must have been lost by its earlier sender: killed before the reply was committed, or (an attempt
 * that the server gave up around an outage) gone from the connection before the reply came. With the workers that one kill
 * hit, no more can be lost than was in flight then; and all in all no more is repeated than was in flight at the kills.
 */
export function paidTwice(arrivals: readonly Arrival[], kills: readonly StruckKill[]): PaidTwice {
  const violations: string[] = [];
  const latest = new Map<string, Arrival>();
  const lostWith = new Map<StruckKill, number>();
  let repeats = 0;
  for (const arrival of arrivals) {
    const earlier = latest.get(arrival.hash);
    latest.set(arrival.hash, arrival);
    if (earlier === undefined) continue;
    repeats++;
    // A label stands for one process, which dies once.
    const death = kills.find(({ workers, at }) => workers.includes(earlier.worker) && at <= arrival.at);
    if (death !== undefined) lostWith.set(death, (lostWith.get(death) ?? 0) + 1);
    const fault = death === undefined ? whileAlive(earlier, arrival, kills) : beforeDeath(earlier, death, kills);
    if (fault !== undefined)
      violations.push(`request ${arrival.number} repeats request ${earlier.number} of ${earlier.worker}, ${fault}`);
  }
  for (const [{ workers, inFlight }, lost] of lostWith) {
    if (lost > inFlight)
      violations.push(
        `${lost} calls of ${workers.join(', ')} were paid twice, but ${inFlight} were in flight at that kill`,
      );
  }
  const inFlight = kills.reduce((sum, kill) => sum + kill.inFlight, 0);
  if (repeats > inFlight)
    violations.push(`${repeats} calls were paid twice, but ${inFlight} were in flight at the kills`);
  return { repeats, violations };
}

function beforeDeath(earlier: Arrival, death: StruckKill, kills: readonly StruckKill[]): string | undefined {
  const answeredAt = earlier.answeredAt ?? Infinity;
  const away = kills.some(({ target, at, backAt }) => touchesDatabase(target) && at < death.at && backAt > answeredAt);
  if (death.at - answeredAt > commitMs && !away)
    return `which had the reply ${death.at - answeredAt} ms before it died`;
  return undefined;
}

function whileAlive(earlier: Arrival, arrival: Arrival, kills: readonly StruckKill[]): string | undefined {
  if (earlier.answeredAt !== null) return 'which lived and had got the reply';
  const broken = kills.some(
    ({ target, at, backAt }) =>
      (touchesServer(target) || touchesDatabase(target)) && at <= arrival.at && backAt + aftermathMs >= earlier.at,
  );
  return broken ? undefined : 'which lived, while neither server nor database was away';
}

function touchesServer(target: string): boolean {
  return target === 'server' || target === 'both' || target === 'all';
}

function touchesDatabase(target: string): boolean {
  return target === 'database' || target === 'all';
}
