import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { followRun } from '../../client/cli/follow-run';
import type { Runs } from '../../client/cli/project';
import { decisionProjection } from '../support/decisions';
import { openDurableRun, type DurableRun } from '../support/durable-run';
import { quickActivities, smallPlan, tinyPlan } from '../support/test-run';
import { until } from '../support/until';
import { killNow, spawnWorker } from '../support/worker-process';

jest.setTimeout(900_000);
jest.retryTimes(0);

const options = { system: 'scripted-chain', plan: { ...smallPlan, ...tinyPlan }, activities: quickActivities };
const display = { update: () => {}, line: () => {}, end: () => {} };

let run: DurableRun;
afterEach(() => run.close());

it('a server that is away for 20 s ends neither its worker nor who waits for the run', async () => {
  run = await openDurableRun('outage');
  const { client, server, stores, temporal, endpoint } = run;
  const worker = await spawnWorker(run.worker);
  try {
    // So many iterations that none of what the test waits for is over before it is seen.
    const plan = { ...options.plan, iterations: 6 };
    const runId = await client.start({ ...options, plan, runId: 'through-an-outage' });
    const result = client.result(runId);
    const followed = followRun({ client, stores, temporal } as Runs, runId, display, new AbortController().signal);
    await until(async () => (await stores.ledger.list(runId)).some(({ kind }) => kind === 'proposals'));
    await server.kill();
    await sleep(20_000);
    const before = (await endpoint.arrivals()).length;
    await server.start();
    expect((await result).status).toBe('completed');
    expect(await followed).toEqual({ ended: 'result' });
    expect(worker.exitCode ?? worker.signalCode).toBeNull();
    // The run had not ended before the outage.
    expect((await endpoint.arrivals()).length).toBeGreaterThan(before);
  } finally {
    await killNow(worker);
  }
});

it('a worker killed between the commit of an activity and its report loses and doubles nothing, in every step', async () => {
  run = await openDurableRun('unreported');
  const { client, stores } = run;
  const runId = await client.start({ ...options, runId: 'unreported' });
  for (const dieAfterEntry of ['component', 'reward', 'proposals', 'look', 'decision', 'finished']) {
    const worker = await spawnWorker({ ...run.worker, dieAfterEntry });
    await once(worker, 'exit', { signal: AbortSignal.timeout(120_000) }).finally(() => killNow(worker));
    expect(worker.signalCode).toBe('SIGKILL');
    expect((await stores.ledger.list(runId)).some(({ kind }) => kind === dieAfterEntry)).toBe(true);
  }
  const last = await spawnWorker(run.worker);
  try {
    expect((await client.result(runId)).status).toBe('completed');
    const undisturbed = await client.start({ ...options, runId: 'undisturbed', fresh: true });
    expect((await client.result(undisturbed)).configuration).toBe((await client.result(runId)).configuration);
    const entries = await stores.ledger.list(runId);
    expect(decisionProjection(entries)).toEqual(decisionProjection(await stores.ledger.list(undisturbed)));
    expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, index) => index + 1));
  } finally {
    await killNow(last);
  }
});
