import { setTimeout as sleep } from 'node:timers/promises';
import type { PlannedKill, Target } from './kill-plan';
import type { StruckKill } from './paid-twice';
import type { Site } from './site';
import type { WorkerPool } from './worker-pool';

export interface Disturbance {
  site: Site;
  pool: WorkerPool;
  kills: readonly PlannedKill[];
  /** Distinct requests of the undisturbed run. */
  undisturbedRequests: number;
  /** Distinct requests of this run that have reached the endpoint. */
  requests(): Promise<number>;
  /** Model calls of this run whose result is stored. */
  committed(): Promise<number>;
  say(line: string): void;
}

const pollMs = 20;

/** Carries out the planned kills until `over`; when it resolves, everything that was killed is there again. */
export async function disturb(disturbance: Disturbance, over: AbortSignal): Promise<StruckKill[]> {
  const struck: StruckKill[] = [];
  for (const kill of disturbance.kills) {
    const { share } = kill;
    const reached = async () =>
      share === null || (await disturbance.requests()) >= share * disturbance.undisturbedRequests;
    while (!over.aborted && !(await reached())) await sleep(pollMs);
    await sleep(kill.delayMs, undefined, { signal: over }).catch(() => undefined); // Aborted: the run has ended.
    if (over.aborted) break;
    const done = await strike(disturbance, kill);
    struck.push(done);
    disturbance.say(
      `kill ${struck.length}: ${done.target} at ${done.inFlight} in flight, back after ${done.backAt - done.at} ms`,
    );
  }
  return struck;
}

async function strike({ site, pool, ...run }: Disturbance, kill: PlannedKill): Promise<StruckKill> {
  const { target } = kill;
  const hitsDatabase = target === 'database' || target === 'all';
  const at = Date.now();
  const [workers] = await Promise.all([
    killWorkers(pool, kill),
    target === 'server' || target === 'both' || target === 'all' ? site.temporal.kill() : undefined,
    hitsDatabase ? site.postgres?.kill() : undefined,
  ]);
  // What a living worker sent or stored meanwhile makes the number larger, never smaller.
  const inFlight = async () => {
    const committed = await run.committed();
    return (await run.requests()) - committed;
  };
  const before = site.postgres !== undefined && hitsDatabase ? undefined : await inFlight();
  await sleep(kill.downMs);
  await site.endpoint.setLatency(kill.latencyMs);
  if (hitsDatabase) await site.postgres?.restart();
  const sent = before ?? (await inFlight());
  if (target === 'server' || target === 'both' || target === 'all') await site.temporal.start();
  await pool.fill();
  return { target, workers, at, backAt: Date.now(), inFlight: sent };
}

function killWorkers(pool: WorkerPool, { target, worker }: PlannedKill): Promise<string[]> {
  const hit: Record<Target, () => Promise<string[]>> = {
    worker: () => pool.kill(worker),
    workers: () => pool.kill(),
    server: () => Promise.resolve([]),
    both: () => pool.kill(),
    database: () => Promise.resolve([]),
    all: () => pool.kill(),
  };
  return hit[target]();
}
