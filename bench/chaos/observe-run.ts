import { Client, Connection } from '@temporalio/client';
import { sql } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import { OptimasClient } from '../../client/optimas-client';
import type { RunPlan } from '../../core/run/plan';
import { openDatabase, storesOf, type Database } from '../../storage';
import type { Arrival } from '../../test/support/scripted-endpoint';
import { quickActivities } from '../../test/support/test-run';
import { committedCalls, leasedRows, reservedRows, storedEvidence } from './collect-evidence';
import { disturb } from './disturb';
import type { PlannedKill } from './kill-plan';
import type { StruckKill } from './paid-twice';
import type { RunEvidence } from './run-evidence';
import type { Site } from './site';
import { watchRun } from './watch-run';
import { WorkerPool } from './worker-pool';

export interface ObservedRun {
  /** Run id and task queue; part of the labels of its workers. */
  label: string;
  seed: number;
  plan: Partial<RunPlan>;
  workers: number;
  kills: readonly PlannedKill[];
  /** Distinct requests of the undisturbed run; 0 where there are no kills. */
  undisturbedRequests: number;
  /** Milliseconds without progress after which the run is given up. */
  stallMs: number;
  say(line: string): void;
}

/** Leases of dead processes run out after 10 s. */
const leasesEndMs = 20_000;
/**
 * Each kill costs an attempt: only a fault that lasts shall pause a run. With a shorter heartbeat a busy machine would miss
 * some, and calls would be broken off that no kill had hit; where nobody is killed, nothing is gained by a short one.
 */
const activities = (killed: boolean) => ({
  ...quickActivities,
  heartbeatTimeoutMs: killed ? 6_000 : 30_000,
  maximumAttempts: 50,
});
/** No run comes near it: it is there so that every call is reserved against a limit. */
const budget = { usd: 1_000 };

/**
 * Runs one optimization with a database and workers of its own, carries out the kills, and gives what it left behind.
 *
 * @throws StalledRun, or the signal's reason.
 */
export async function observeRun(site: Site, run: ObservedRun, signal: AbortSignal): Promise<RunEvidence> {
  const url = await site.freshDatabase();
  const database = await openDatabase(url, { signal });
  const { address } = site.temporal;
  const connection = await Connection.connect({ address });
  const pool = new WorkerPool(run.workers, {
    address,
    taskQueue: run.label,
    databaseUrl: url,
    endpointUrl: site.endpoint.url,
    bundlePath: site.bundlePath,
    label: run.label,
  });
  const temporal = new Client({ connection });
  const over = new AbortController();
  let disturbing: Promise<StruckKill[]> = Promise.resolve([]);
  let watching: Promise<void> = Promise.resolve();
  let ending: Promise<unknown> = Promise.resolve();
  try {
    const stores = storesOf(database);
    const client = new OptimasClient(temporal, stores, run.label);
    const requests = requestsOf(site, run.label);
    await pool.fill();
    const runId = await client.start({
      system: 'scripted-chain',
      runId: run.label,
      seed: run.seed,
      plan: run.plan,
      budget,
      activities: activities(run.kills.length > 0),
      // Kills then fall around continuations too.
      iterationsPerExecution: 1,
    });
    const incidents: string[] = [];
    const note = (incident: string) => {
      incidents.push(incident);
      run.say(`${run.label}: ${incident}`);
    };
    disturbing = disturb(
      {
        site,
        pool,
        ...run,
        requests: async () => new Set((await requests()).map(({ hash }) => hash)).size,
        committed: () => committedCalls(database, runId),
      },
      AbortSignal.any([over.signal, signal]),
    );
    watching = watchRun({ site, pool, temporal, client, database, requests, note, runId, ...run }, over.signal);
    const waiting = client.result(runId);
    ending = waiting;
    const result = await Promise.race([
      waiting,
      // Both end after the run does; before that they can only fail.
      disturbing.then(() => never()),
      watching.then(() => never()),
      new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    ]);
    const reservations = await reservedRows(database, runId);
    over.abort();
    await watching;
    const kills = await disturbing;
    await untilReleased(database);
    return {
      status: result.status,
      configuration: result.configuration,
      ...(await storedEvidence(database, stores, runId)),
      arrivals: await requests(),
      kills,
      held: { reservations, memo_leases: await leasedRows(database) },
      integrity: site.postgres === undefined ? await integrityOf(database) : 'ok',
      incidents: [...incidents, ...pool.deaths],
    };
  } finally {
    over.abort();
    await disturbing.catch(() => {}); // What it failed with is thrown already.
    // A run that was given up: a connection must not be closed while somebody waits for a result on it.
    await temporal.workflow
      .getHandle(run.label)
      .terminate('given up')
      .catch(() => {});
    await ending.catch(() => {});
    await watching.catch(() => {});
    await pool.kill();
    await connection.close();
    await database.close();
  }
}

/** The requests of one run's workers so far. Only new ones are fetched, and those whose reply was still to come. */
function requestsOf(site: Site, label: string): () => Promise<Arrival[]> {
  let known: Arrival[] = [];
  return async () => {
    const settled = known.findIndex(({ answeredAt }) => answeredAt === null);
    const first = settled < 0 ? known.length : settled;
    known = [...known.slice(0, first), ...(await site.endpoint.arrivals(first))];
    return known.filter(({ worker }) => worker.startsWith(`${label}/`));
  };
}

async function untilReleased(database: Database): Promise<void> {
  const deadline = performance.now() + leasesEndMs;
  while (performance.now() < deadline) {
    if ((await leasedRows(database)) === 0) return;
    await sleep(250);
  }
}

async function integrityOf(database: Database): Promise<string> {
  const check = sql<{ integrity_check: string }>`pragma integrity_check`;
  const rows = await database.read<{ integrity_check: string }>({ compile: () => check.compile(database.queries) });
  return rows.map((row) => row.integrity_check).join('; ');
}

function never(): Promise<never> {
  return new Promise(() => {});
}
