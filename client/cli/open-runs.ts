import { userInfo } from 'node:os';
import type { RunPlan } from '../../core/run/plan';
import { RunNotFound } from '../run-not-found';
import { liveWorkers } from '../../workers/live-workers';
import type { Project, Runs } from './project';
import { UsageError } from './usage-error';

/** A run that has not ended. */
export interface OpenRun {
  runId: string;
  system: string | undefined;
  seed: number | undefined;
  definitionHash: string | undefined;
  plan: RunPlan | undefined;
}

/** Runs of this project that have not ended, newest first. */
export async function openRuns({ temporal, stores }: Runs, project: Project): Promise<OpenRun[]> {
  const found: OpenRun[] = [];
  // The queue separates this project's runs from others on the same server; the database may not know a run yet.
  const query = `WorkflowType = 'optimization' AND ExecutionStatus = 'Running' AND TaskQueue = '${project.taskQueue}'`;
  for await (const execution of temporal.workflow.list({ query })) {
    const record = await stores.runs.get(execution.workflowId);
    const { system, seed, definitionHash } = record ?? {};
    const plan = (record?.input as { plan?: RunPlan } | undefined)?.plan;
    found.push({ runId: execution.workflowId, system, seed, definitionHash, plan });
  }
  return found;
}

/** The run to command: the one that is named, else the only open one. @throws UsageError, RunNotFound */
export async function chooseRun(runs: Runs, project: Project, wanted: string | undefined): Promise<string> {
  if (wanted !== undefined) return wanted;
  const open = await openRuns(runs, project);
  const [only] = open;
  if (only === undefined) throw new UsageError("no run is open; 'optimas list' shows the runs there are");
  if (open.length > 1) {
    throw new UsageError(`several runs are open, name one: ${open.map(({ runId }) => runId).join(', ')}`);
  }
  return only.runId;
}

/** Nobody would carry out a command for a run. */
export class NoWorker extends Error {
  override readonly name = 'NoWorker';
}

/** @throws RunNotFound when the run is unknown or has ended; NoWorker when nothing works on it. */
export async function requireWorker({ temporal, connection, target }: Runs, runId: string): Promise<void> {
  const description = await temporal.workflow
    .getHandle(runId)
    .describe()
    .catch((error: Error) => {
      if (error.name === 'WorkflowNotFoundError') throw new RunNotFound(runId, { cause: error });
      throw error;
    });
  if (description.status.name !== 'RUNNING') throw new RunNotFound(runId);
  const workers = await liveWorkers(connection, target.namespace, description.taskQueue);
  if (workers.length === 0) {
    throw new NoWorker(
      `no worker serves run '${runId}' (task queue ${description.taskQueue}): start one with 'optimas worker', or go on with 'optimas run'`,
    );
  }
}

/** Who commands: recorded with the command. */
export function actor(): string {
  const name = userName();
  // That name stands for the product pausing itself.
  return name === 'optimas' ? 'user optimas' : name;
}

function userName(): string {
  // A user without an entry in the user database has no name.
  try {
    return userInfo().username;
  } catch {
    return process.env['USER'] ?? 'unknown';
  }
}
