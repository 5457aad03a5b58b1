import { randomUUID } from 'node:crypto';
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type WorkflowHandle,
} from '@temporalio/client';
import type { Budget } from '../core/run/budget';
import type { RunPlan } from '../core/run/plan';
import { resultDocumentSchema, type ResultDocument } from '../core/run/result-document';
import type { RunRecord, SpendTotals, Stores } from '../storage';
import { activitySettingsOf, type ActivityChanges } from '../workers/config/check-activity-settings';
import { budgetOf, checkPriority, planOf } from '../workers/config/check-run-settings';
import type { ConfigOptions } from '../workers/config/define-config';
import { rewardsQueue } from '../workers/task-queues';
import {
  cancelUpdate,
  iterationStepQuery,
  pauseUpdate,
  progressQuery,
  resumeUpdate,
  setBudgetUpdate,
  type CancelCommand,
  type Command,
  type PauseCommand,
  type SetBudgetCommand,
} from '../workflows/messages';
import type { optimization } from '../workflows/optimization';
import type { Progress } from '../workflows/progress';
import { type OptimizationInput, type OptimizationResult } from '../workflows/run-input';
import { searchAttributes } from '../workflows/search-attributes';
import { askThroughOutages } from './ask-through-outages';
import { RunNotFound } from './run-not-found';

const outagePatienceMs = 600_000;
/** Milliseconds: where a run is must not wait for where its iteration is. */
const longestStepWaitMs = 1_000;

export interface StartOptions {
  system: string;
  /** Default 0. Same seed, system, data and pure endpoint: same result. */
  seed?: number;
  runId?: string;
  /** Numbers of the plan that differ from those of the config. */
  plan?: Partial<RunPlan>;
  /** Limits that differ from those of the config. `Infinity` lifts one. */
  budget?: Budget;
  /** 1 to 5: of runs that share workers or endpoints, those with lower numbers go first. Default: the config's, else 3. */
  priority?: number;
  /** Ignore what earlier runs left in the memo. */
  fresh?: boolean;
  /** Timeouts and attempts that differ from those of the config. */
  activities?: ActivityChanges;
  /** Activities of one fan-out in flight. Default 8. */
  fanOut?: number;
  /** Examples per activity; more where a step would take more than 100 activities. Default 8. */
  chunkSize?: number;
  /** Iterations after which the workflow continues as new. Default 25. */
  iterationsPerExecution?: number;
}

/** Starts, follows and commands optimization runs. The run id is the workflow id. */
export class OptimasClient {
  constructor(
    private readonly temporal: Client,
    private readonly stores: Stores,
    private readonly taskQueue: string,
    /** What a run's plan, limits and timeouts are unless it says otherwise. */
    private readonly config: Pick<
      ConfigOptions,
      'optimization' | 'optimizers' | 'budget' | 'activities' | 'priority'
    > = {},
  ) {}

  /**
   * Starts a run and gives its id.
   *
   * @throws DefinitionError for a plan or a limit that cannot be; Error for a run id that is taken, also by a run that has ended.
   */
  async start(options: StartOptions): Promise<string> {
    const seed = options.seed ?? 0;
    const runId = options.runId ?? `${options.system}-seed${seed}-${randomUUID().slice(0, 8)}`;
    const priority = options.priority ?? this.config.priority;
    checkPriority('priority', priority);
    const input: OptimizationInput = {
      schemaVersion: 1,
      runId,
      system: options.system,
      seed,
      plan: planOf(this.config.optimization, options.plan, this.config.optimizers),
      budget: budgetOf(this.config.budget, options.budget),
      fresh: options.fresh ?? false,
      ...(priority === undefined ? {} : { priority }),
      activities: activitySettingsOf(this.config.activities, options.activities),
      rewardsTaskQueue: rewardsQueue(this.taskQueue),
      chunkSize: options.chunkSize ?? 8,
      fanOut: options.fanOut ?? 8,
      iterationsPerExecution: options.iterationsPerExecution ?? 25,
    };
    try {
      await this.temporal.workflow.start<typeof optimization>('optimization', {
        args: [input],
        workflowId: runId,
        // A second run of an id would be mixed with what the database holds of the first.
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        taskQueue: this.taskQueue,
        typedSearchAttributes: [{ key: searchAttributes.system, value: options.system }],
        // Activities and iterations inherit it.
        ...(priority === undefined ? {} : { priority: { priorityKey: priority } }),
        staticSummary: `Optimas run of ${options.system}, seed ${seed}`,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      const open = await this.isOpen(runId).catch(() => undefined);
      const instead = open === false ? 'it has ended, and its records stay' : 'resume it, if it is open';
      throw new Error(`run '${runId}' exists already: choose another run id (${instead})`, { cause: error });
    }
    return runId;
  }

  /** Where the run is, with the component and the step of the iteration that is running. @throws RunNotFound */
  async progress(runId: string): Promise<Progress> {
    const progress = await this.asking(runId, (handle) => handle.query(progressQuery));
    const { iterationWorkflowId } = progress;
    if (iterationWorkflowId === null) return progress;
    const iteration = this.temporal.workflow.getHandle(iterationWorkflowId);
    // One that has not taken its first task yet cannot answer, nor one whose worker was just killed.
    const step = await this.temporal
      .withDeadline(Date.now() + longestStepWaitMs, () => iteration.query(iterationStepQuery))
      .catch(() => undefined);
    if (step === undefined) return progress;
    // The run itself has no workflow task while its iteration works: its clock stands still meanwhile.
    const later = progress.status === 'running' ? Math.max(0, step.at - progress.at) : 0;
    return { ...progress, ...step, activeMs: progress.activeMs + later, at: progress.at + later };
  }

  /**
   * Pauses at the next safe point; `now` stops running activities too. Gives the progress after the command.
   *
   * @throws RunNotFound; Error with the run's reason for a command that it refuses.
   */
  pause(runId: string, command: PauseCommand): Promise<Progress> {
    return this.asking(runId, (handle) => handle.executeUpdate(pauseUpdate, { args: [command] }));
  }

  /** Goes on where the run was. @throws RunNotFound; Error as `pause` */
  resume(runId: string, command: Command): Promise<Progress> {
    return this.asking(runId, (handle) => handle.executeUpdate(resumeUpdate, { args: [command] }));
  }

  /** Ends the run with the best configuration so far; `now` skips the final test. @throws RunNotFound; Error as `pause` */
  cancel(runId: string, command: CancelCommand): Promise<Progress> {
    return this.asking(runId, (handle) => handle.executeUpdate(cancelUpdate, { args: [command] }));
  }

  /** Replaces the run's limits. @throws RunNotFound; Error as `pause` */
  setBudget(runId: string, command: SetBudgetCommand): Promise<Progress> {
    return this.asking(runId, (handle) => handle.executeUpdate(setBudgetUpdate, { args: [command] }));
  }

  /** Waits for the run to end; a server that is away is waited for, 10 minutes at a stretch. @throws RunNotFound */
  result(runId: string): Promise<OptimizationResult> {
    return this.asking(runId, (handle) =>
      askThroughOutages(
        () => handle.result(),
        () => handle.describe(),
        { patienceMs: outagePatienceMs },
      ),
    );
  }

  /** The result document of a run that has ended; undefined while it goes on. @throws RunNotFound */
  async document(runId: string): Promise<ResultDocument | undefined> {
    const { result } = await this.record(runId);
    return result === undefined ? undefined : resultDocumentSchema.parse(result);
  }

  /** @throws RunNotFound */
  async record(runId: string): Promise<RunRecord> {
    const record = await this.stores.runs.get(runId);
    if (record === undefined) throw new RunNotFound(runId);
    return record;
  }

  /** Newest first. */
  async list(filter: { system?: string } = {}): Promise<RunRecord[]> {
    return (await this.stores.runs.list(filter)).sort((a, b) => b.createdAt - a.createdAt);
  }

  /** What the run has spent so far; zeros for a run that the database does not know. */
  spend(runId: string): Promise<SpendTotals> {
    return this.stores.spend.totals(runId);
  }

  /** True while the run's workflow is open. */
  async isOpen(runId: string): Promise<boolean> {
    try {
      return (await this.handle(runId).describe()).status.name === 'RUNNING';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  private handle(runId: string): WorkflowHandle<typeof optimization> {
    return this.temporal.workflow.getHandle<typeof optimization>(runId);
  }

  private async asking<T>(runId: string, ask: (handle: WorkflowHandle<typeof optimization>) => Promise<T>): Promise<T> {
    try {
      return await ask(this.handle(runId));
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) throw new RunNotFound(runId, { cause: error });
      if (error instanceof WorkflowUpdateFailedError)
        throw new Error(error.cause?.message ?? error.message, { cause: error });
      throw error;
    }
  }
}
