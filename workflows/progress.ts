import type { Budget } from '../core/run/budget';
import type { RunPhase, RunStatus } from '../core/run/run-phase';
import type { Pause } from './control';

/** What the `step` query of an iteration answers. */
export interface IterationStep {
  component: string | null;
  /** What is being done now, in words. */
  step: string;
  /** Milliseconds since 1970, by the server's clock: its newest workflow task. */
  at: number;
}

/** What the `progress` query answers. Spend and history are in the database, under `runId`. */
export interface Progress {
  runId: string;
  system: string;
  seed: number;
  status: RunStatus;
  phase: RunPhase;
  /** Iterations finished, and planned at most. */
  iterationsDone: number;
  iterationsPlanned: number;
  /** Workflow id of the iteration that is running: it knows component and step, and answers to its own query. */
  iterationWorkflowId: string | null;
  /** Null in what the run itself answers. */
  component: string | null;
  /** What is being done now, in words, and how much of it is done. */
  step: string;
  done: number;
  total: number;
  baselineScore: number | null;
  incumbentScore: number | null;
  incumbent: string | null;
  accepted: number;
  trusted: Record<string, boolean>;
  budget: Budget;
  paused: Pause | null;
  /** Why nothing goes on although the run is not paused: every worker that asked for work declined it. */
  waiting: string | null;
  /** Milliseconds spent not paused, until `at`. */
  activeMs: number;
  /** Milliseconds since 1970, by the server's clock: the newest workflow task, which may be some time ago. */
  at: number;
}
