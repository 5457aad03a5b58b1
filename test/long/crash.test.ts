import { scriptedChain, scriptedReply } from '../../systems/synthetic';
import { decisionProjection } from '../support/decisions';
import { startScriptedEndpoint, type ScriptedEndpoint } from '../support/scripted-endpoint';
import { suiteEnvironment } from '../suite-environment';
import { quickActivities, TestRuns } from '../support/test-run';
import { until } from '../support/until';
import { killNow, spawnWorker } from '../support/worker-process';

jest.setTimeout(400_000);

interface Outcome {
  decisions: string[];
  configuration: string | null;
  requests: number;
  distinctRequests: number;
  /** Requests sent whose result was not committed at the kills. */
  inFlightAtKills: number;
}

/** One run with worker processes of its own; each share of `undisturbedRequests` in `killAt` is a kill -9 and a new worker. */
async function runWithKills(killAt: number[], undisturbedRequests: number): Promise<Outcome> {
  const endpoint: ScriptedEndpoint = await startScriptedEndpoint({ reply: scriptedReply, latencyMs: 20 });
  const endpoints = { scripted: { baseURL: endpoint.url, models: { small: {}, large: {} }, pure: true } };
  const runs = await TestRuns.open({ systems: [scriptedChain()], endpoints, withWorkers: false });
  const { address, workflowBundle } = suiteEnvironment();
  const spawnOne = () =>
    spawnWorker({
      address,
      taskQueue: runs.taskQueue,
      databaseUrl: runs.runtime.stores.database.url,
      endpointUrl: endpoint.url,
      bundlePath: workflowBundle,
    });
  let worker = await spawnOne();
  try {
    const runId = await runs.start({
      system: 'scripted-chain',
      runId: `crash-${runs.taskQueue}`,
      seed: 3,
      // A busy machine must not make a heartbeat late: its activity would call again. Every kill costs this time.
      activities: { ...quickActivities, heartbeatTimeoutMs: killAt.length === 0 ? 30_000 : 6_000, maximumAttempts: 10 },
    });
    let inFlightAtKills = 0;
    for (const share of killAt) {
      while (endpoint.requests.total < share * undisturbedRequests)
        await new Promise((resolve) => setTimeout(resolve, 5));
      await killNow(worker);
      await untilQuiet(endpoint);
      inFlightAtKills += Object.keys(endpoint.requests.byHash).length - (await committedCalls(runs));
      worker = await spawnOne();
    }
    const result = await runs.client.result(runId);
    return {
      decisions: decisionProjection(await runs.runtime.stores.ledger.list(runId)),
      configuration: result.configuration,
      requests: endpoint.requests.total,
      distinctRequests: Object.keys(endpoint.requests.byHash).length,
      inFlightAtKills,
    };
  } finally {
    await killNow(worker);
    await runs.close();
    await endpoint.close();
  }
}

/** What a dead worker had sent may still lie in a socket. */
async function untilQuiet({ requests }: ScriptedEndpoint): Promise<void> {
  let seen = -1;
  let quietPolls = 0;
  await until(() => {
    quietPolls = seen === requests.total ? quietPolls + 1 : 0;
    seen = requests.total;
    return quietPolls === 3;
  });
}

async function committedCalls({ runtime }: TestRuns): Promise<number> {
  const { database } = runtime.stores;
  const rows = await database.read(
    database.queries
      .selectFrom('memo')
      .where('kind', '=', 'chat')
      .select((build) => build.fn.countAll<number>().as('count')),
  );
  return Number(rows[0]?.count ?? 0);
}

describe('kill -9 of the worker', () => {
  it('changes no decision and pays no committed call again, at 25, 50 and 75 % of a run', async () => {
    const undisturbed = await runWithKills([], 0);
    expect(undisturbed.decisions.length).toBeGreaterThan(5);
    expect(undisturbed.requests).toBe(undisturbed.distinctRequests);

    const killed = await runWithKills([0.25, 0.5, 0.75], undisturbed.requests);
    expect(killed.decisions).toEqual(undisturbed.decisions);
    expect(killed.configuration).toBe(undisturbed.configuration);
    expect(killed.distinctRequests).toBe(undisturbed.distinctRequests);
    const paidTwice = killed.requests - killed.distinctRequests;
    expect(paidTwice).toBeLessThanOrEqual(killed.inFlightAtKills);
  });
});
