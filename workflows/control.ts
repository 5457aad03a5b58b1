import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  TimeoutFailure,
  condition,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';

/** Why a run waits. `by` is a person, or `optimas` after a systematic failure. */
export interface Pause {
  reason: string;
  by: string;
  now: boolean;
  /** A share of a limit was reached: the run pauses for that only once. */
  atShare?: boolean;
}

/** Milliseconds before an activity is offered again that every attempt declined: the first wait, and the longest. */
export interface DeclinedWaits {
  declinedWaitMs: number;
  longestDeclinedWaitMs: number;
}

/** Who is told of what the control finds out by itself. */
export interface ControlListeners {
  paused?: (pause: Pause) => void;
  /** With the reason; null: it goes on. */
  waiting?: (reason: string | null) => void;
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
 * When workers declined all attempts, it waits and offers the activity again: a worker that fits may come.
 */
export class Control {
  paused: Pause | null;
  stopped: Stopped | null = null;
  /** The pause at a share of the limits is over, or under way. */
  pausedAtShare = false;
  /** Which limits are in force: counts how often they were set. What an activity says of earlier ones holds no more. */
  limitsVersion = 0;
  /** Why everything stands still although nobody paused; null: it does not. */
  waiting: string | null = null;
  /** Counts the resumes: what an activity that began before the last one complained of may have been mended since. */
  private resumes = 0;
  private readonly scopes = new Set<CancellationScope>();
  /** The step that tries again for all while the workflow waits: every try costs events in the history. */
  private trying: object | null = null;
  private triesInVain = 0;

  constructor(
    paused: Pause | null,
    private readonly waits: DeclinedWaits,
    private readonly listeners: ControlListeners = {},
  ) {
    this.paused = paused;
  }

  /** Idempotent: a second pause only adds `now`. */
  pause(pause: Pause): void {
    if (this.paused === null) this.paused = pause;
    this.pausedAtShare ||= pause.atShare ?? false;
    this.endWaiting();
    if (pause.now) this.cancelActivities();
  }

  resume(): void {
    if (this.paused !== null) this.resumes += 1;
    this.paused = null;
  }

  stop(status: 'cancelled' | 'budget-exhausted', reason: string): void {
    this.stopped ??= new Stopped(status, reason);
    this.paused = null;
    this.endWaiting();
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
    const step = {};
    const mayTry = (): boolean => this.trying === null || this.trying === step;
    for (;;) {
      await condition(() => (this.paused === null && mayTry()) || this.stopped !== null);
      this.throwIfStopped();
      const scope = new CancellationScope({ cancellable: true });
      this.scopes.add(scope);
      const { limitsVersion, resumes } = this;
      try {
        const result = await scope.run(activity);
        this.endWaiting();
        return result;
      } catch (error) {
        this.throwIfStopped();
        const exhausted = reasonOf(error, 'BudgetExhausted');
        const atShare = reasonOf(error, 'BudgetShareReached') !== undefined;
        if ((exhausted !== undefined || atShare) && limitsVersion !== this.limitsVersion) continue;
        if (exhausted !== undefined) {
          this.stop('budget-exhausted', exhausted);
          continue;
        }
        // However an attempt ended that a pause cut short, it is done again: the server retries none whose cancellation
        // was asked for, so that it fails outright where its worker was killed before it could answer.
        if (scope.consideredCancelled && !atShare && (isCancellation(error) || error instanceof ActivityFailure))
          continue;
        if (!(error instanceof ActivityFailure)) throw error;
        if (atShare && this.pausedAtShare) continue; // It began before that pause.
        const pause: Pause = { reason: failureReason(error), by: 'optimas', now: false, ...(atShare && { atShare }) };
        if (reasonOf(error, 'Declined') !== undefined) {
          if (!workflowInfo().continueAsNewSuggested) {
            await this.wait(step, pause.reason);
            continue;
          }
          // Each further try would bring the history nearer to the size at which the server ends the workflow.
          pause.reason += " (the run's history has grown too long to go on trying: resume once there is such a worker)";
        }
        if (resumes !== this.resumes) continue;
        this.pause(pause);
        this.listeners.paused?.(pause);
      } finally {
        this.scopes.delete(scope);
      }
    }
  }

  /** Waits before the activity is offered again: by this step, or by the one that tries for all. */
  private async wait(step: object, reason: string): Promise<void> {
    if (this.paused !== null || this.stopped !== null) return;
    this.trying ??= step;
    if (this.trying !== step) return;
    this.note(reason);
    const { declinedWaitMs, longestDeclinedWaitMs } = this.waits;
    const waitMs = Math.min(longestDeclinedWaitMs, declinedWaitMs * 2 ** this.triesInVain++);
    await condition(() => this.trying !== step, waitMs);
  }

  /** A worker took something up, or there is nothing to wait for any more. */
  private endWaiting(): void {
    this.trying = null;
    this.triesInVain = 0;
    this.note(null);
  }

  private note(waiting: string | null): void {
    if (waiting === this.waiting) return;
    this.waiting = waiting;
    this.listeners.waiting?.(waiting);
  }

  private cancelActivities(): void {
    for (const scope of this.scopes) scope.cancel();
  }
}

/** The message of an activity that failed with this type of error. */
function reasonOf(error: unknown, type: string): string | undefined {
  if (!(error instanceof ActivityFailure)) return undefined;
  const { cause } = error;
  return cause instanceof ApplicationFailure && cause.type === type ? cause.message : undefined;
}

/** What a person reads to know what to fix. */
function failureReason(error: ActivityFailure): string {
  const { cause } = error;
  if (cause instanceof TimeoutFailure) {
    return `activity ${error.activityType} timed out (${cause.timeoutType}) in every attempt; check that a worker is running and not overloaded`;
  }
  return cause?.message ?? error.message;
}
