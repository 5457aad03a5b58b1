import { Client, Connection } from '@temporalio/client';
import { OptimasClient } from '../../client/optimas-client';
import { decisionProjection } from '../support/decisions';
import { openDurableRun, type DurableRun } from '../support/durable-run';
import { quickActivities, smallPlan, tinyPlan } from '../support/test-run';
import { until, untilPhase } from '../support/until';
import { killNow, spawnWorker } from '../support/worker-process';

jest.setTimeout(300_000);
jest.retryTimes(0);

const who = { actor: 'operator', reason: 'deployment' };
const plan = { ...smallPlan, ...tinyPlan, iterations: 3 };
const options = { system: 'scripted-chain', plan, activities: quickActivities };

let run: DurableRun;
afterEach(() => run.close());

it('stays paused across a kill -9 of worker and server, and resumes to the same decisions', async () => {
  run = await openDurableRun('restart');
  const { client: before, server, stores, endpoint } = run;
  const first = await spawnWorker(run.worker);
  const runId = await before.start({ ...options, runId: 'restarted' });
  await untilPhase(before, runId, 'iterations');
  await before.pause(runId, { ...who, now: true });
  await killNow(first);
  await server.kill();

  await server.start();
  const second = await spawnWorker(run.worker);
  const connection = await Connection.connect({ address: server.address });
  try {
    const after = new OptimasClient(new Client({ connection }), stores, 'restart');
    await until(async () => (await after.progress(runId)).paused?.reason === who.reason);
    const quiet = (await endpoint.arrivals()).length;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await endpoint.arrivals()).length).toBe(quiet);
    await after.resume(runId, who);
    expect((await after.result(runId)).status).toBe('completed');

    const undisturbed = await after.start({ ...options, runId: 'undisturbed', fresh: true });
    await after.result(undisturbed);
    expect(decisionProjection(await stores.ledger.list(runId))).toEqual(
      decisionProjection(await stores.ledger.list(undisturbed)),
    );
  } finally {
    await connection.close();
    await killNow(second);
  }
});
