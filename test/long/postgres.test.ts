import { setTimeout as sleep } from 'node:timers/promises';
import { scriptedChain, scriptedReply } from '../../systems/synthetic';
import { databaseAwayMs } from '../support/database-away';
import { decisionProjection } from '../support/decisions';
import { postgresInstalled, startPostgres, type PostgresServer } from '../support/postgres-server';
import { startScriptedEndpoint } from '../support/scripted-endpoint';
import { quickActivities, TestRuns } from '../support/test-run';

jest.setTimeout(400_000);
jest.retryTimes(0);

const onPostgres = postgresInstalled() ? it : it.skip;

let server: PostgresServer | undefined;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.stop());

/** One run on a database; `disturb` is called when `requests` were made. */
async function run(database: string | undefined, requests: number, disturb: () => Promise<void>) {
  const endpoint = await startScriptedEndpoint({ reply: scriptedReply, latencyMs: 20 });
  const endpoints = { scripted: { baseURL: endpoint.url, models: { small: {}, large: {} }, pure: true } };
  const runs = await TestRuns.open({
    systems: [scriptedChain()],
    endpoints,
    ...(database !== undefined && { databaseUrl: database }),
  });
  try {
    const runId = await runs.start({
      system: 'scripted-chain',
      runId: `database-${runs.taskQueue}`,
      seed: 3,
      plan: { iterations: 1 },
      // Requests are counted: no attempt may be given up because a busy machine made its heartbeat late.
      activities: { ...quickActivities, heartbeatTimeoutMs: 30_000 },
    });
    while (endpoint.requests.total < requests) await sleep(5);
    await disturb();
    const { configuration, status, finalTest } = await runs.client.result(runId);
    const decisions = decisionProjection(await runs.runtime.stores.ledger.list(runId));
    const { calls } = await runs.runtime.stores.spend.totals(runId, 'chat');
    return { requests: endpoint.requests.total, calls, configuration, status, finalTest, decisions };
  } finally {
    await runs.close();
    await endpoint.close();
  }
}

describe('a run on PostgreSQL', () => {
  onPostgres(
    'decides as on a file, also when the server is killed in mid-run and is away for some seconds',
    async () => {
      const onFile = await run(undefined, 0, () => Promise.resolve());
      const disturbed = await run(await server?.freshDatabase(), onFile.requests / 2, async () => {
        await server?.kill();
        await sleep(databaseAwayMs);
        await server?.restart();
      });
      expect(onFile.decisions.length).toBeGreaterThan(5);
      expect(disturbed).toEqual(onFile);
    },
  );
});
