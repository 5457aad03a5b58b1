import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { OptimasClient } from '../../client/optimas-client';
import type { Database } from '../../storage';
import type { Arrival } from '../../test/support/scripted-endpoint';
import { progressMark } from './collect-evidence';
import type { Site } from './site';
import type { WorkerPool } from './worker-pool';

/** A run that stored and asked nothing for too long, or pauses itself again and again; the message tells where it is. */
export class StalledRun extends Error {}

export interface WatchedRun {
  site: Site;
  pool: WorkerPool;
  temporal: Client;
  client: OptimasClient;
  database: Database;
  runId: string;
  stallMs: number;
  /** Told what should not happen but does not end the run. */
  note(incident: string): void;
  requests(): Promise<Arrival[]>;
}

const pollMs = 500;
/** Quiet for so long, a run is asked whether it is paused. */
const askAfterMs = 5_000;
/** Faults end by themselves here: a run that pauses more often than that has one that does not. */
const mostPauses = 5;

/**
 * Watches a run until `over`: replaces workers that died by themselves and resumes a run that paused itself, noting both.
 *
 * @throws StalledRun after `stallMs` without any progress, or too many pauses.
 */
export async function watchRun(run: WatchedRun, over: AbortSignal): Promise<void> {
  const questions = new Questions();
  try {
    await watch(run, questions, over);
  } finally {
    await questions.settled();
  }
}

async function watch(run: WatchedRun, questions: Questions, over: AbortSignal): Promise<void> {
  let mark = '';
  let since = performance.now();
  let replaced = 0;
  let pauses = 0;
  for (;;) {
    await sleep(pollMs, undefined, { signal: over }).catch(() => undefined);
    if (over.aborted) return;
    // While the database is away nothing can be read: that is no progress either.
    const next = await markOf(run).catch(() => mark);
    if (next !== mark) [mark, since] = [next, performance.now()];
    const quietMs = performance.now() - since;
    if (quietMs > askAfterMs && (await resumeIfPaused(run, questions))) pauses++;
    if (run.pool.deaths.length > replaced) {
      replaced = run.pool.deaths.length;
      await run.pool.fill().catch((error: unknown) => run.note(`a worker could not start: ${String(error)}`));
    }
    if ((quietMs > run.stallMs || pauses > mostPauses) && !over.aborted)
      throw new StalledRun(await whereItIs(run, questions, quietMs));
  }
}

async function markOf({ database, runId, requests }: WatchedRun): Promise<string> {
  return `${await progressMark(database, runId)} ${(await requests()).length}`;
}

async function resumeIfPaused({ client, runId, note }: WatchedRun, questions: Questions): Promise<boolean> {
  // Without a worker or a server nobody answers.
  const progress = await questions.within(5_000, client.progress(runId)).catch(() => undefined);
  if (progress?.paused?.by !== 'optimas') return false;
  note(`the run paused itself: ${progress.paused.reason}`);
  const resumed = client.resume(runId, { actor: 'chaos', reason: 'all faults are mended' });
  await questions.within(5_000, resumed).catch(() => undefined);
  return true;
}

async function whereItIs(run: WatchedRun, questions: Questions, quietMs: number): Promise<string> {
  const { temporal, client, runId, pool, site } = run;
  const tried = async (what: () => Promise<unknown>) =>
    questions.within(5_000, what()).then(
      (value) => JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? String(item) : item)),
      (error: unknown) => String(error),
    );
  const pending = async () => {
    const { raw } = await temporal.workflow.getHandle(runId).describe();
    return { activities: raw.pendingActivities, children: raw.pendingChildren, task: raw.pendingWorkflowTask };
  };
  return [
    `no progress for ${Math.round(quietMs / 1_000)} s`,
    `progress: ${await tried(() => client.progress(runId))}`,
    `pending: ${await tried(pending)}`,
    `stored: ${await tried(() => markOf(run))}`,
    `workers: ${pool.errors()}`,
    `server: ${await site.serverLog()}`,
  ].join('\n');
}

/** Questions to a server that may be away. The SDK goes on asking, so a connection may be closed only when all are settled. */
class Questions {
  private readonly asked = new Set<Promise<unknown>>();

  async within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
    this.asked.add(work);
    const timeout = new AbortController();
    try {
      return await Promise.race([
        work,
        sleep(milliseconds, undefined, { signal: timeout.signal }).then(() => {
          throw new Error(`no answer within ${milliseconds} ms`);
        }),
      ]);
    } finally {
      timeout.abort();
    }
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.asked);
  }
}
