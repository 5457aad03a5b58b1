import {
  CancellationScope,
  setCurrentDetails,
  upsertSearchAttributes,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import { pauseThresholds, withoutReserve, type Budget, type Limits } from '../core/run/budget';
import type { RunPhase } from '../core/run/run-phase';
import type { Purpose } from '../core/system/draw';
import type { Split } from '../core/system/system';
import { ActiveClock } from './active-clock';
import { activityProxies } from './activity-proxies';
import { Control, type Pause } from './control';
import { boundedChunks, fanOut } from './fan-out';
import type { iteration } from './iteration';
import { cancelSignal, limitsSignal, pauseSignal } from './messages';
import type { Progress } from './progress';
import {
  defaultActivitySettings,
  type CarriedState,
  type OptimizationInput,
  type OptimizationResult,
} from './run-input';
import { searchAttributes } from './search-attributes';

/** What the stages of one `optimization` execution share. References and small numbers only. */
export class Run {
  readonly calls;
  readonly rewards;
  readonly control: Control;
  readonly clock: ActiveClock;
  phase: RunPhase;
  budget: Budget;
  /** Null until the run is prepared. */
  state: CarriedState | null;
  /** The iteration that is running. */
  child: ChildWorkflowHandle<typeof iteration> | null = null;
  skipFinalTest = false;
  /** How the run ended, once it has. */
  endedAs: OptimizationResult['status'] | null = null;
  private childWaiting: string | null = null;
  private current: Pick<Progress, 'step' | 'done' | 'total'>;

  constructor(readonly input: OptimizationInput) {
    const { carried } = input;
    const settings = { ...defaultActivitySettings, ...input.activities };
    const proxies = activityProxies(settings, input.rewardsTaskQueue);
    this.calls = proxies.calls;
    this.rewards = proxies.rewards;
    this.phase = carried?.phase ?? 'prepare';
    this.budget = carried?.budget ?? input.budget;
    this.state = carried ?? null;
    this.current = { step: 'starting', done: 0, total: 0 };
    this.clock = new ActiveClock(carried?.activeMs ?? 0);
    this.control = new Control(carried?.paused ?? null, settings, {
      paused: () => this.clock.pause(),
      waiting: () => this.showDetails(),
    });
    this.control.pausedAtShare = carried?.pausedAtShare ?? false;
    if (this.control.paused !== null) this.clock.pause();
  }

  /** @throws Error before the run is prepared: stages that need the state come after that. */
  get prepared(): CarriedState {
    if (this.state === null) throw new Error('the run is not prepared yet');
    return this.state;
  }

  /** What may be spent before the final test. */
  limits(): Limits {
    if (this.state === null) return this.finalLimits();
    const limits = withoutReserve(this.budget, this.state.reserve);
    return { ...limits, ...this.pauseLimits(limits) };
  }

  /** What may be spent all in all. */
  finalLimits(): Limits {
    return { ...this.budget, ...this.pauseLimits(this.budget) };
  }

  /** At what the run is still to pause: a share of what it may spend now, not of what is kept for the final test. */
  private pauseLimits(limits: Budget): Pick<Limits, 'pauseAt' | 'pauseAbove'> {
    const { pauseAt } = this.budget;
    const pauseAbove = this.control.pausedAtShare ? undefined : pauseThresholds({ ...limits, pauseAt });
    return pauseAt === undefined || pauseAbove === undefined ? {} : { pauseAt, pauseAbove };
  }

  /** Pauses the run at a share of its time, once. */
  async pauseAtShare(reason: string): Promise<void> {
    const pause: Pause = { reason, by: 'optimas', now: false, atShare: true };
    this.pause(pause);
    await this.toChild((child) => child.signal(pauseSignal, pause));
  }

  /** New limits: their share is reached anew. */
  async setBudget(budget: Budget): Promise<void> {
    this.budget = budget;
    this.control.pausedAtShare = false;
    this.control.limitsVersion += 1;
    this.clock.wake();
    await this.toChild((child) => child.signal(limitsSignal, this.limits(), this.control.limitsVersion));
  }

  pause(pause: Pause): void {
    this.control.pause(pause);
    this.clock.pause();
  }

  resume(): void {
    this.control.resume();
    this.clock.resume();
  }

  /**
   * Ends the run early. During the final test a cancel without `now` has nothing left to end early.
   *
   * @returns whether it changed anything.
   */
  cancel(reason: string, now: boolean): boolean {
    if (this.phase === 'done' || (this.phase === 'final-test' && !now)) return false;
    this.skipFinalTest ||= now;
    this.stop('cancelled', reason);
    return true;
  }

  stop(status: 'cancelled' | 'budget-exhausted', reason: string): void {
    this.control.stop(status, reason);
    this.clock.resume();
    void this.toChild((child) => child.signal(cancelSignal, reason));
  }

  /** Forwards a command to the running iteration; one that has just ended needs it no more. */
  async toChild(send: (child: ChildWorkflowHandle<typeof iteration>) => Promise<void>): Promise<void> {
    const { child } = this;
    if (child !== null) await CancellationScope.nonCancellable(() => send(child)).catch(() => undefined);
  }

  enter(phase: RunPhase, step: string, total = 0): void {
    this.phase = phase;
    this.clock.wake();
    if (this.state !== null) this.state.phase = phase;
    this.describe(step, total);
    upsertSearchAttributes([{ key: searchAttributes.phase, value: phase }]);
  }

  describe(step: string, total = 0): void {
    this.current = { step, done: 0, total };
    this.showDetails();
  }

  /** The iteration that is running now; null: none is. */
  follow(child: Run['child']): void {
    this.child = child;
    if (child === null) this.childWaiting = null;
    this.showDetails();
  }

  /** What the iteration says about its own waiting. */
  childWaits(reason: string | null): void {
    this.childWaiting = reason;
    this.showDetails();
  }

  private get waiting(): string | null {
    return this.control.waiting ?? this.childWaiting;
  }

  private showDetails(): void {
    const waiting = this.waiting === null ? '' : `\n\n**waiting**: ${this.waiting}`;
    const where = this.child === null ? this.current.step : `${this.child.workflowId} says what it does`;
    setCurrentDetails(`**${this.phase}** ${where}${waiting}`);
  }

  /** Runs tasks at most `fanOut` at a time, counting them in the progress. */
  spread<T>(tasks: (() => Promise<T>)[], limit = this.input.fanOut): Promise<T[]> {
    this.current = { ...this.current, done: 0, total: tasks.length };
    return fanOut(this.control, limit, tasks, () => {
      this.current = { ...this.current, done: this.current.done + 1 };
    });
  }

  /** Measures configurations on a sample, in chunks; with `again` also those examples once more that failed. */
  async evaluate(
    configurationHashes: readonly string[],
    { again, ...sample }: { split: Split; purpose: Purpose; count: number; again?: boolean },
    limits: () => Limits,
  ): Promise<void> {
    const { runId, chunkSize } = this.input;
    await this.spread(
      configurationHashes.flatMap((configurationHash) =>
        boundedChunks(sample.count, chunkSize, configurationHashes.length).map(
          (part) => () =>
            this.calls.evaluate({
              runId,
              limits: limits(),
              configurationHash,
              range: { ...sample, iteration: -1, ...part },
              ...(again === true && { again }),
            }),
        ),
      ),
    );
  }

  progress(): Progress {
    const { input, state, control, phase } = this;
    return {
      runId: input.runId,
      system: input.system,
      seed: input.seed,
      status: this.endedAs ?? (control.paused === null ? 'running' : 'paused'),
      phase,
      iterationsDone: state?.nextIteration ?? 0,
      iterationsPlanned: input.plan.iterations,
      iterationWorkflowId: this.child?.workflowId ?? null,
      component: null,
      ...this.current,
      baselineScore: state?.baselineScore ?? null,
      incumbentScore: state?.incumbentScore ?? null,
      incumbent: state?.incumbent ?? null,
      accepted: state?.accepted ?? 0,
      trusted: state?.trusted ?? {},
      budget: this.budget,
      paused: control.paused,
      waiting: control.paused === null ? this.waiting : null,
      activeMs: this.clock.activeMs(),
      at: Date.now(),
    };
  }
}
