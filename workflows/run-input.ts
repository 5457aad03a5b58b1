import type { Budget, Limits } from '../core/run/budget';
import type { RunPlan } from '../core/run/plan';
import type { RunPhase } from '../core/run/run-phase';
import type { ExampleCost, ExampleCounts, TunableComponent } from '../activities/contracts';
import type { ActivityName } from './activity-names';
import type { Pause } from './control';

/** Timeouts and attempts of one kind of activity; milliseconds. */
export interface ActivityLimits {
  /** A worker that is silent for so long is taken for dead. */
  heartbeatTimeoutMs: number;
  /** The longest that one attempt may take. */
  startToCloseTimeoutMs: number;
  maximumAttempts: number;
  /** The wait before the second attempt; it doubles with each attempt, up to `maximumIntervalMs`. */
  initialIntervalMs: number;
  maximumIntervalMs: number;
}

/** Timeouts and attempts of activities, milliseconds. Tests shorten them. */
export interface ActivitySettings extends ActivityLimits {
  /** How long a run waits before it offers again what every worker declined; doubles up to `longestDeclinedWaitMs`. */
  declinedWaitMs: number;
  longestDeclinedWaitMs: number;
  /** What differs for some activities. */
  perActivity?: Partial<Record<ActivityName, Partial<ActivityLimits>>>;
}

export const defaultActivitySettings: ActivitySettings = Object.freeze({
  heartbeatTimeoutMs: 30_000,
  startToCloseTimeoutMs: 1_800_000,
  maximumAttempts: 10,
  initialIntervalMs: 1_000,
  maximumIntervalMs: 60_000,
  declinedWaitMs: 10_000,
  longestDeclinedWaitMs: 60_000,
});

/** Input of the `optimization` workflow. Plain JSON; small. */
export interface OptimizationInput {
  schemaVersion: 1;
  runId: string;
  system: string;
  seed: number;
  plan: RunPlan;
  budget: Budget;
  /** Ignore memo entries that earlier runs wrote. */
  fresh: boolean;
  /** Configuration to start from, by hash; absent: the definition's initial one. */
  startFrom?: string;
  /** 1 to 5, lower numbers first; absent: 3. */
  priority?: number;
  activities: ActivitySettings;
  /** Task queue of the worker's fits; the workflow's own queue serves everything else. */
  rewardsTaskQueue: string;
  /** Examples per activity, at least (`boundedChunks`). */
  chunkSize: number;
  /** Activities of one fan-out in flight. */
  fanOut: number;
  /** Iterations after which the workflow continues as new even before the server suggests it. */
  iterationsPerExecution: number;
  /** Set by continue-as-new. */
  carried?: CarriedState;
}

/** What crosses continue-as-new: references and small numbers only. */
export interface CarriedState {
  phase: RunPhase;
  definitionHash: string;
  components: TunableComponent[];
  /** Pairs of components that may be changed together. */
  pairs: number;
  counts: ExampleCounts;
  baseline: string;
  incumbent: string;
  incumbentScore: number | null;
  baselineScore: number | null;
  nextIteration: number;
  accepted: number;
  rejectedInARow: number;
  /** Why nothing more is worth trying, once that is known. */
  settled?: string;
  trusted: Record<string, boolean>;
  budget: Budget;
  /** Price of one example under the baseline, as if nothing were in the memo. */
  baselineCost: ExampleCost;
  /** Kept for the final test. */
  reserve: ExampleCost;
  activeMs: number;
  paused: Pause | null;
  /** The run has paused at the share of its limits that `budget.pauseAt` says; absent: it has not. */
  pausedAtShare?: boolean;
}

/** Input of the `iteration` workflow. */
export interface IterationInput {
  schemaVersion: 1;
  runId: string;
  parentWorkflowId: string;
  system: string;
  seed: number;
  iteration: number;
  plan: RunPlan;
  limits: Limits;
  /** `limitsVersion` of the run's control; absent in histories of earlier versions. */
  limitsVersion?: number;
  incumbent: string;
  components: TunableComponent[];
  counts: ExampleCounts;
  activities: ActivitySettings;
  rewardsTaskQueue: string;
  chunkSize: number;
  fanOut: number;
  paused: Pause | null;
}

/** What one Optimas iteration decided. */
export interface IterationResult {
  /** `settled`: nothing was worth trying. */
  status: 'decided' | 'settled' | 'cancelled' | 'budget-exhausted';
  reason: string;
  component: string | null;
  /** It changed all components at once. */
  simultaneous: boolean;
  accepted: boolean;
  /** The incumbent's configuration hash after the iteration. */
  incumbent: string;
  before: number | null;
  after: number | null;
  /** Whether the rewards that the iteration adapted are trusted, by component. */
  trusted: Record<string, boolean>;
  /** Which limits it knew of when it ended early. */
  limitsVersion?: number;
}

/** What a run returns: small; the full result document is in the database under the run id. */
export interface OptimizationResult {
  runId: string;
  status: 'completed' | 'budget-exhausted' | 'cancelled';
  reason: string;
  /** Hash of the final configuration; null when the run never got as far as having one. */
  configuration: string | null;
  /** Mean test scores; null when the final test was skipped or not finished. */
  baselineTest: number | null;
  finalTest: number | null;
}
