import type { Budget } from '../../core/run/budget';
import { scriptedChain, scriptedReply } from '../../systems/synthetic';
import { decisionProjection } from '../support/decisions';
import { startScriptedEndpoint, type ScriptedEndpoint } from '../support/scripted-endpoint';
import { suiteEnvironment } from '../suite-environment';
import { quickActivities, TestRuns } from '../support/test-run';
import { until } from '../support/until';
import { killNow, spawnWorker } from '../support/worker-process';

jest.setTimeout(400_000);
jest.retryTimes(0);

interface Outcome {
  decisions: string[];
  configuration: string | null;
  requests: number;
  distinctRequests: number;
  /** Requests sent whose result was not committed at the kills. */
  inFlightAtKills: number;
  /** Kills while an iteration changed all components at once. */
  killsInSimultaneousSteps: number;
  /** Requests sent beyond those whose result was committed, at the last kill and at the end. */
  uncommitted: { atLastKill: number; atEnd: number };
  status: string;
  usd: number;
  /** Calls that the run was charged for. */
  charged: number;
  committed: number;
  /** Calls for which money is still held back. */
  reserved: number;
}

interface KilledRun {
  /** Shares of `whole` at which the worker is killed. */
  killAt: number[];
  /** Requests sent, or US dollars charged. */
  whole: { requests: number } | { usd: number };
  /** Default: replies are a pure function of the request. Otherwise no two replies are the same. */
  pure?: boolean;
  budget?: Budget;
}

/** One run with worker processes of its own; at each share in `killAt` a kill -9 and a new worker. */
async function runWithKills({ killAt, whole, pure = true, budget = {} }: KilledRun): Promise<Outcome> {
  let replies = 0;
  const reply: typeof scriptedReply = (request) => `${scriptedReply(request)}${pure ? '' : ` #${replies++}`}`;
  const endpoint: ScriptedEndpoint = await startScriptedEndpoint({ reply, latencyMs: 20 });
  const endpoints = { scripted: { baseURL: endpoint.url, models: { small: {}, large: {} }, pure } };
  const runs = await TestRuns.open({ systems: [scriptedChain()], endpoints, withWorkers: false });
  const { address, workflowBundle } = suiteEnvironment();
  const spawnOne = () =>
    spawnWorker({
      address,
      taskQueue: runs.taskQueue,
      databaseUrl: runs.runtime.stores.database.url,
      endpointUrl: endpoint.url,
      bundlePath: workflowBundle,
      pure,
    });
  let worker = await spawnOne();
  try {
    const runId = await runs.start({
      system: 'scripted-chain',
      runId: `crash-${runs.taskQueue}`,
      seed: 3,
      budget,
      // Kills fall into steps of all components too.
      plan: { simultaneousSteps: true },
      // A busy machine must not make a heartbeat late: its activity would call again. Every kill costs this time.
      activities: { ...quickActivities, heartbeatTimeoutMs: killAt.length === 0 ? 30_000 : 6_000, maximumAttempts: 10 },
    });
    let inFlightAtKills = 0;
    let atLastKill = 0;
    let killsInSimultaneousSteps = 0;
    for (const share of killAt) {
      await until(async () =>
        'usd' in whole
          ? (await runs.runtime.stores.spend.totals(runId)).usd >= share * whole.usd
          : endpoint.requests.total >= share * whole.requests,
      );
      await killNow(worker);
      await untilQuiet(endpoint);
      if (await isInSimultaneousStep(runs, runId)) killsInSimultaneousSteps += 1;
      const committed = await committedCalls(runs);
      inFlightAtKills += Object.keys(endpoint.requests.byHash).length - committed;
      atLastKill = endpoint.requests.total - committed;
      worker = await spawnOne();
    }
    const result = await runs.client.result(runId);
    const { spend, reservations } = runs.runtime.stores;
    const { usd, calls } = await spend.totals(runId);
    const committed = await committedCalls(runs);
    return {
      decisions: decisionProjection(await runs.runtime.stores.ledger.list(runId)),
      configuration: result.configuration,
      requests: endpoint.requests.total,
      distinctRequests: Object.keys(endpoint.requests.byHash).length,
      inFlightAtKills,
      killsInSimultaneousSteps,
      uncommitted: { atLastKill, atEnd: endpoint.requests.total - committed },
      status: result.status,
      usd,
      charged: calls,
      committed,
      reserved: await reservations.count(runId),
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

async function isInSimultaneousStep({ runtime }: TestRuns, runId: string): Promise<boolean> {
  const newest = (kind: string) => runtime.stores.ledger.list(runId, { kind }).then((entries) => entries.at(-1));
  const [choice, decision] = [await newest('component'), await newest('decision')];
  return choice !== undefined && 'others' in (choice.body as object) && choice.iteration !== decision?.iteration;
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
  let undisturbed: Outcome;
  beforeAll(async () => {
    undisturbed = await runWithKills({ killAt: [], whole: { requests: 0 } });
  });

  it('changes no decision and pays no committed call again, at 25, 50 and 75 % of a run', async () => {
    expect(undisturbed.decisions.length).toBeGreaterThan(5);
    expect(undisturbed.requests).toBe(undisturbed.distinctRequests);

    const killed = await runWithKills({ killAt: [0.25, 0.5, 0.75], whole: { requests: undisturbed.requests } });
    expect(killed.killsInSimultaneousSteps).toBeGreaterThan(0);
    expect(killed.decisions).toEqual(undisturbed.decisions);
    expect(killed.configuration).toBe(undisturbed.configuration);
    expect(killed.distinctRequests).toBe(undisturbed.distinctRequests);
    const paidTwice = killed.requests - killed.distinctRequests;
    expect(paidTwice).toBeLessThanOrEqual(killed.inFlightAtKills);
    expect(killed.uncommitted.atEnd).toBe(killed.uncommitted.atLastKill);
  });

  it('loses and pays again nothing that was committed where no two replies are the same, and keeps the money limit', async () => {
    const usd = 0.5 * undisturbed.usd;
    // No two such runs are the same: the last kill must come before the least spending that is expected below.
    const killed = await runWithKills({ killAt: [0.1, 0.25, 0.45], whole: { usd }, pure: false, budget: { usd } });
    expect(killed.status).toBe('budget-exhausted');
    expect(killed.usd).toBeLessThanOrEqual(usd);
    expect(killed.usd).toBeGreaterThan(0.5 * usd);
    expect(killed.reserved).toBe(0);
    expect(killed.charged).toBe(killed.committed);
    expect(killed.uncommitted.atEnd).toBe(killed.uncommitted.atLastKill);
  });
});
