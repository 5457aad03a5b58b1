import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase, storesOf } from '../../storage';
import { decisionProjection } from '../../test/support/decisions';
import { typescriptFlags } from '../../test/support/typescript-flags';
import { workerEnvironment } from '../../workers/worker-environment';
import { benchRun, benchVariables, configFile } from './bench-run';
import { startEndpoint, type EndpointProcess } from './endpoint-process';
import { historySizes, type HistorySize } from './history-sizes';
import { processUsage } from './process-usage';
import { startTemporalStack } from './temporal-stack';

/** One run of the optimization, one way. */
export interface Repeat {
  /** Wall clock from start of the run to its result, seconds. */
  seconds: number;
  requests: number;
  decisions: string[];
  /** CPU seconds during the run, by process. */
  cpu: Record<string, number>;
  /** Through Temporal only. */
  histories: HistorySize[];
}

type Measured = Pick<Repeat, 'seconds' | 'cpu' | 'histories'>;

const latencyMs = 100;
/** A process that has just started still works on its start: what it does then is no part of a run. */
const settleMs = 2_000;

/** Through a development server with a database file, and a worker process. */
export const throughTemporal = (): Promise<Repeat> => repeat(measureTemporal);

/** The same activities in one process, without Temporal. */
export const withoutTemporal = (): Promise<Repeat> => repeat(measureInProcess);

/** Each repeat has an endpoint and a database of its own: nothing of one answers a call of another. */
async function repeat(
  measure: (folder: string, environment: Record<string, string>) => Promise<Measured>,
): Promise<Repeat> {
  const folder = await mkdtemp(path.join(tmpdir(), 'optimas-overhead-'));
  let endpoint: EndpointProcess | undefined;
  try {
    endpoint = await startEndpoint(latencyMs);
    const database = `file:${path.join(folder, 'optimas.db')}`;
    const measured = await measure(folder, {
      [benchVariables.endpoint]: endpoint.url,
      [benchVariables.database]: database,
    });
    const { total } = await endpoint.requests();
    return { ...measured, requests: total, decisions: await decisionsIn(database) };
  } finally {
    await endpoint?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function decisionsIn(databaseUrl: string): Promise<string[]> {
  const database = await openDatabase(databaseUrl);
  try {
    return decisionProjection(await storesOf(database).ledger.list(benchRun.runId));
  } finally {
    await database.close();
  }
}

async function measureTemporal(folder: string, environment: Record<string, string>): Promise<Measured> {
  const stack = await startTemporalStack({ folder, configFile, environment });
  try {
    await sleep(settleMs);
    const usage = () => ({
      server: processUsage(stack.serverPid).cpuSeconds,
      worker: processUsage(stack.workerPid).cpuSeconds,
    });
    const before = usage();
    const started = performance.now();
    await stack.client.start(benchRun);
    await stack.client.result(benchRun.runId);
    const seconds = (performance.now() - started) / 1_000;
    const after = usage();
    return {
      seconds,
      cpu: { server: after.server - before.server, worker: after.worker - before.worker },
      histories: await historySizes(stack.temporal),
    };
  } finally {
    await stack.close();
  }
}

async function measureInProcess(_folder: string, environment: Record<string, string>): Promise<Measured> {
  const child = fork(path.join(__dirname, 'in-process-main.ts'), {
    execArgv: typescriptFlags,
    env: { ...process.env, ...workerEnvironment(), ...environment },
  });
  const failed = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the run ended with code ${code}`)));
  failed.catch(() => {}); // It ends in any case; only before its message is that a failure.
  const message = async (): Promise<unknown> =>
    ((await Promise.race([once(child, 'message'), failed])) as unknown[])[0];
  await message();
  await sleep(settleMs);
  const before = processUsage(child.pid ?? 0).cpuSeconds;
  child.send('go');
  const { seconds, cpuSeconds } = (await message()) as { seconds: number; cpuSeconds: number };
  await failed.catch(() => {});
  return { seconds, cpu: { 'in-process': cpuSeconds - before }, histories: [] };
}
