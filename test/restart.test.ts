import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { OptimasClient } from '../client/optimas-client';
import { freePort, startTemporalServer, type TemporalServer } from '../providers/processes';
import { openDatabase, storesOf } from '../storage';
import { scriptedReply } from '../systems/synthetic';
import { decisionProjection } from './support/decisions';
import { startScriptedEndpoint } from './support/scripted-endpoint';
import { suiteEnvironment } from './suite-environment';
import { temporalExecutable } from './temporal-executable';
import { quickActivities, smallPlan, tinyPlan } from './support/test-run';
import { until, untilPhase } from './support/until';
import { killNow, spawnWorker } from './support/worker-process';

jest.setTimeout(300_000);

const who = { actor: 'operator', reason: 'deployment' };

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

it('stays paused across a kill -9 of worker and server, and resumes to the same decisions', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'optimas-restart-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  const endpoint = await startScriptedEndpoint({ reply: scriptedReply, latencyMs: 10 });
  const database = await openDatabase(`file:${join(folder, 'optimas.db')}`);
  cleanups.push(
    () => database.close(),
    () => endpoint.close(),
  );
  const stores = storesOf(database);
  const binary = await temporalExecutable();
  const port = await freePort();
  const startServer = (): Promise<TemporalServer> =>
    startTemporalServer({
      binary,
      port,
      namespace: 'default',
      dbFilename: join(folder, 'temporal.db'),
      logFile: join(folder, 'temporal.log'),
      searchAttributes: { OptimasSystem: 'Keyword', OptimasPhase: 'Keyword' },
    });
  const startWorker = (address: string) =>
    spawnWorker({
      address,
      taskQueue: 'restart',
      databaseUrl: database.url,
      endpointUrl: endpoint.url,
      bundlePath: suiteEnvironment().workflowBundle,
    });
  let server = await startServer();
  cleanups.push(() => server.stop());
  let worker = await startWorker(server.address);
  cleanups.push(() => killNow(worker));
  const runs = await Connection.connect({ address: server.address });
  const plan = { ...smallPlan, ...tinyPlan, iterations: 3 };
  const options = { system: 'scripted-chain', plan, activities: quickActivities };
  const before = new OptimasClient(new Client({ connection: runs }), stores, 'restart');
  const runId = await before.start({ ...options, runId: 'restarted' });
  await untilPhase(before, runId, 'iterations');
  await before.pause(runId, { ...who, now: true });
  await runs.close();
  await killNow(worker);
  process.kill(server.pid, 'SIGKILL');
  await server.stop();

  server = await startServer();
  worker = await startWorker(server.address);
  const connection = await Connection.connect({ address: server.address });
  const after = new OptimasClient(new Client({ connection }), stores, 'restart');
  await until(async () => (await after.progress(runId)).paused?.reason === who.reason);
  const quiet = endpoint.requests.total;
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(endpoint.requests.total).toBe(quiet);
  await after.resume(runId, who);
  expect((await after.result(runId)).status).toBe('completed');

  const undisturbed = await after.start({ ...options, runId: 'undisturbed', fresh: true });
  await after.result(undisturbed);
  expect(decisionProjection(await stores.ledger.list(runId))).toEqual(
    decisionProjection(await stores.ledger.list(undisturbed)),
  );
  await connection.close();
});
