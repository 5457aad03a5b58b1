import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { activityFailure } from './activity-failure';

/** What an activity's body gets: a signal that ends with the attempt, and a heartbeat that tells how far it is. */
export interface Attempt {
  signal: AbortSignal;
  progress(done: number, total: number): void;
}

/** Milliseconds that a cancelled body gets to keep what it has. */
const graceMs = 2_000;

/**
 * Runs an activity's body: heartbeats while it works (so that a dead worker is noticed within the heartbeat timeout),
 * hands it the cancellation signal, and maps what it throws. A body that goes on after its cancellation is left behind.
 */
export async function inActivity<T>(body: (attempt: Attempt) => Promise<T>): Promise<T> {
  const context = Context.current();
  const timeoutMs = context.info.heartbeatTimeoutMs ?? 30_000;
  let state = { done: 0, total: 0 };
  const timer = setInterval(() => context.heartbeat(state), Math.max(50, timeoutMs / 4));
  try {
    // One signal is shared by all calls of the attempt: many listeners are no leak.
    setMaxListeners(0, context.cancellationSignal);
    const overdue = context.cancelled.catch(async (reason: unknown): Promise<never> => {
      await delay(graceMs, undefined, { ref: false });
      throw reason;
    });
    const working = body({
      signal: context.cancellationSignal,
      progress: (done, total) => {
        state = { done, total };
      },
    });
    return await Promise.race([working, overdue]);
  } catch (error) {
    if (context.cancellationSignal.aborted) await context.cancelled; // Rejects with Temporal's own CancelledFailure.
    throw activityFailure(error, context.info.attempt);
  } finally {
    clearInterval(timer);
  }
}
