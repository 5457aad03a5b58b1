import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  TimeoutFailure,
  condition,
  isCancellation,
} from '@temporalio/workflow';

/** Why a run waits. `by` is a person, or `optimas` after a systematic failure. */
export interface Pause {
  reason: string;
  by: string;
  now: boolean;
}

/** Thrown by `step` once the run is to end early. */
export class Stopped extends Error {
  constructor(
    readonly status: 'cancelled' | 'budget-exhausted',
    readonly reason: string,
  ) {
    super(reason);
  }
}

/**
 * The brake of a workflow: every activity runs through `step`, which waits while the run is paused, starts over when the
 * pause cut it short, and turns an activity that is out of attempts into a pause with its reason instead of a failure.
 */
export class Control {
  paused: Pause | null;
  stopped: Stopped | null = null;
  private readonly scopes = new Set<CancellationScope>();

  constructor(
    paused: Pause | null,
    private readonly onPause: (pause: Pause) => void = () => {},
  ) {
    this.paused = paused;
  }

  /** Idempotent: a second pause only adds `now`. */
  pause(pause: Pause): void {
    if (this.paused === null) this.paused = pause;
    if (pause.now) this.cancelActivities();
  }

  resume(): void {
    this.paused = null;
  }

  stop(status: 'cancelled' | 'budget-exhausted', reason: string): void {
    this.stopped ??= new Stopped(status, reason);
    this.paused = null;
    this.cancelActivities();
  }

  /** Lets the final test run after a stop. */
  clearStop(): void {
    this.stopped = null;
  }

  /** @throws Stopped */
  throwIfStopped(): void {
    if (this.stopped !== null) throw this.stopped;
  }

  /** @throws Stopped when the run is to end early. */
  async step<T>(activity: () => Promise<T>): Promise<T> {
    for (;;) {
      await condition(() => this.paused === null || this.stopped !== null);
      this.throwIfStopped();
      const scope = new CancellationScope({ cancellable: true });
      this.scopes.add(scope);
      try {
        return await scope.run(activity);
      } catch (error) {
        this.throwIfStopped();
        const exhausted = budgetReason(error);
        if (exhausted !== undefined) {
          this.stop('budget-exhausted', exhausted);
          continue;
        }
        if (isCancellation(error) && scope.consideredCancelled) continue;
        if (!(error instanceof ActivityFailure)) throw error;
        const pause: Pause = { reason: failureReason(error), by: 'optimas', now: false };
        this.pause(pause);
        this.onPause(pause);
      } finally {
        this.scopes.delete(scope);
      }
    }
  }

  private cancelActivities(): void {
    for (const scope of this.scopes) scope.cancel();
  }
}

function budgetReason(error: unknown): string | undefined {
  if (!(error instanceof ActivityFailure)) return undefined;
  const { cause } = error;
  return cause instanceof ApplicationFailure && cause.type === 'BudgetExhausted' ? cause.message : undefined;
}

/** What a person reads to know what to fix. */
function failureReason(error: ActivityFailure): string {
  const { cause } = error;
  if (cause instanceof TimeoutFailure) {
    return `activity ${error.activityType} timed out (${cause.timeoutType}) in every attempt; check that a worker is running and not overloaded`;
  }
  return cause?.message ?? error.message;
}
