import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledFailure, WorkflowFailedError } from '@temporalio/client';
import { StorageError, type SpendTotals } from '../../storage';
import type { Progress } from '../../workflows/progress';
import { decisionText } from '../report/decision-text';
import { rewardText } from '../report/reward-text';
import { readDecisions, readProposerRejections, readRewards } from '../report/run-report';
import type { Runs } from './project';
import type { RunDisplay } from './run-display';

const pollMs = 500;
/** Milliseconds without an answer of a worker after which a person is told. */
const silenceMs = 15_000;
/** Milliseconds that the Temporal server may be away, whether or not a worker answered before. */
const patienceMs = 30_000;

/** How following a run ended. */
export type Followed =
  /** What came of it is in the database. */
  | { ended: 'result' }
  /** The run paused itself, and waits for a person. */
  | { ended: 'paused'; progress: Progress }
  | { ended: 'interrupted' };

/**
 * Shows a run until it ends, pauses itself, or `signal` aborts.
 *
 * @throws what the run failed with.
 */
export async function followRun(
  runs: Runs,
  runId: string,
  display: RunDisplay,
  signal: AbortSignal,
): Promise<Followed> {
  const shown = new Set<string>();
  let answeredAt = performance.now();
  let serverAnsweredAt = answeredAt;
  let told = false;
  let toldOfDatabase = false;
  let spend: SpendTotals | undefined;
  let last: Progress | undefined;
  const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  const showRecords = async (): Promise<void> => {
    spend = await runs.client.spend(runId);
    const fits = (await readRewards(runs.stores, runId)).map((fit) => ({ ...fit, text: rewardText(fit) }));
    const decisions = await readDecisions(runs.stores, runId);
    const decided = decisions.map((decision) => ({ ...decision, text: decisionText(decision) }));
    const rejected = await readProposerRejections(runs.stores, runId);
    // An iteration's reward is fitted, and its settings are proposed, before it decides.
    for (const { text } of [...fits, ...rejected, ...decided].sort((a, b) => a.iteration - b.iteration)) {
      if (!shown.has(text)) display.line(text);
      shown.add(text);
    }
  };
  for (;;) {
    // Asked again and again: a connection must not be closed while a long poll for the result is going on.
    const open = await runs.client.isOpen(runId).catch((error: unknown) => {
      // A server that is being restarted is waited for.
      if (performance.now() - serverAnsweredAt > patienceMs) throw error;
      return undefined;
    });
    if (open !== undefined) serverAnsweredAt = performance.now();
    const answer = open === true ? await runs.client.progress(runId).catch(() => undefined) : undefined; // Between two workers nobody answers.
    const progress = answer && withStep(answer, last);
    last = progress ?? last;
    try {
      // The database is waited for a minute each time; a person must not be.
      await Promise.race([showRecords(), aborted]);
      toldOfDatabase = false;
    } catch (error) {
      // The worker tries again, and the run pauses itself in the end: both need this command to go on.
      if (open === false || !mayPass(error)) throw error;
      if (!toldOfDatabase) display.line(`${error.message}; the run waits for it, and pauses if it stays away`);
      toldOfDatabase = true;
    }
    if (open === false) {
      await refuseFailure(runs, runId);
      return { ended: 'result' };
    }
    if (signal.aborted) return { ended: 'interrupted' };
    if (progress !== undefined) {
      answeredAt = performance.now();
      told = false;
      if (spend !== undefined) display.update(progress, spend);
      if (progress.status === 'paused' && progress.paused?.by === 'optimas') return { ended: 'paused', progress };
    } else if (!told && performance.now() - answeredAt > silenceMs) {
      told = true;
      display.line('no worker answers: the run goes on as soon as there is one (optimas worker)');
    }
    await sleep(pollMs, undefined, { signal }).catch(() => undefined); // Aborted: the next round ends it.
  }
}

/** An iteration that does not answer now is still where it was. */
function withStep(progress: Progress, last: Progress | undefined): Progress {
  const { iterationWorkflowId, component } = progress;
  if (iterationWorkflowId === null || component !== null || last?.iterationWorkflowId !== iterationWorkflowId)
    return progress;
  return {
    ...progress,
    component: last.component,
    step: last.step,
    activeMs: Math.max(progress.activeMs, last.activeMs),
  };
}

/** A database that is away, or kept busy by others, for longer than each question waits for it. */
function mayPass(error: unknown): error is StorageError {
  return StorageError.isInstance(error) && ['UNREACHABLE', 'BUSY'].includes(error.code);
}

/**
 * A run whose result is recorded has not failed, whatever its workflow ended as: Temporal's own Cancel ends it as
 * cancelled, after the result was written.
 *
 * @throws what the run failed with; RunNotFound
 */
async function refuseFailure({ client, stores }: Runs, runId: string): Promise<void> {
  if ((await stores.runs.get(runId))?.result !== undefined) return;
  await client.result(runId).catch((error: unknown) => {
    if (!(error instanceof WorkflowFailedError) || !(error.cause instanceof CancelledFailure)) throw error;
  });
}
