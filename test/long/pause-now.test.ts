import { scriptedChain, scriptedReply } from '../../systems/synthetic';
import { decisionProjection } from '../support/decisions';
import { startScriptedEndpoint, type ScriptedEndpoint } from '../support/scripted-endpoint';
import { quickActivities, TestRuns, tinyPlan } from '../support/test-run';
import { until, untilPhase } from '../support/until';
import { killNow, spawnWorker } from '../support/worker-process';
import { suiteEnvironment } from '../suite-environment';

jest.setTimeout(240_000);
jest.retryTimes(0);

const who = { actor: 'test', reason: 'to see what happens' };
/** So long that a cancelled activity does not hear of it (with a heartbeat) before its worker is killed. */
const activities = { ...quickActivities, heartbeatTimeoutMs: 8_000 };

describe('a pause with now, and kill -9 of the worker before its activities hear of it', () => {
  let endpoint: ScriptedEndpoint;
  let runs: TestRuns;
  beforeEach(async () => {
    endpoint = await startScriptedEndpoint({ reply: scriptedReply, latencyMs: 5 });
    const endpoints = { scripted: { baseURL: endpoint.url, models: { small: {}, large: {} }, pure: true } };
    runs = await TestRuns.open({ systems: [scriptedChain()], endpoints, withWorkers: false });
  });
  afterEach(async () => {
    await runs.close();
    await endpoint.close();
  });

  const spawnOne = () =>
    spawnWorker({
      address: suiteEnvironment().address,
      taskQueue: runs.taskQueue,
      databaseUrl: runs.runtime.stores.database.url,
      endpointUrl: endpoint.url,
      bundlePath: suiteEnvironment().workflowBundle,
    });
  const start = (fresh: boolean) =>
    runs.start({ system: 'scripted-chain', seed: 5, plan: tinyPlan, activities, fresh });

  it('goes on after a resume, and decides as if nothing had been', async () => {
    let worker = await spawnOne();
    try {
      const runId = await start(false);
      const iteration = runs.temporal.workflow.getHandle(`${runId}/iteration-1`);
      const events = async () => (await iteration.fetchHistory()).events ?? [];
      await untilPhase(runs.client, runId, 'rewards');
      endpoint.setLatency(60_000);
      await until(async () => (await events()).some((event) => Boolean(event.activityTaskScheduledEventAttributes)));
      const before = endpoint.requests.total;
      await until(() => endpoint.requests.total > before);
      await runs.client.pause(runId, { ...who, now: true });
      await until(async () =>
        (await events()).some((event) => Boolean(event.activityTaskCancelRequestedEventAttributes)),
      );
      await killNow(worker);
      endpoint.setLatency(5);
      const resumed = runs.client.resume(runId, who); // The next worker obeys it, before the heartbeats are missed.
      worker = await spawnOne();
      expect((await resumed).status).toBe('running');
      await until(async () => {
        const { phase, status } = await runs.client.progress(runId);
        return phase === 'done' || status === 'paused';
      });
      expect((await runs.client.progress(runId)).paused).toBeNull();
      expect((await runs.client.result(runId)).status).toBe('completed');
      // It was the case that this is about: the server gave up an activity whose cancellation it had been asked for.
      expect((await events()).some((event) => Boolean(event.activityTaskTimedOutEventAttributes))).toBe(true);

      const undisturbed = await start(true);
      await runs.client.result(undisturbed);
      const { ledger } = runs.runtime.stores;
      expect(decisionProjection(await ledger.list(runId))).toEqual(decisionProjection(await ledger.list(undisturbed)));
    } finally {
      await killNow(worker);
    }
  });
});
