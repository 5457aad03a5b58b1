import { scriptedChain, scriptedReply } from '../systems/synthetic';
import { startScriptedEndpoint, type ScriptedEndpoint } from './support/scripted-endpoint';
import { quickActivities, smallPlan, TestRuns } from './support/test-run';

jest.setTimeout(200_000);

/** Calls are counted: no attempt may be given up because a busy machine made its heartbeat late. */
const activities = { ...quickActivities, heartbeatTimeoutMs: 30_000 };
const plan = { ...smallPlan, iterations: 1 };

describe('runs whose encoder is a model of an endpoint', () => {
  let endpoint: ScriptedEndpoint;
  let runs: TestRuns;
  let others: TestRuns | undefined;
  const open = (encoderId: string, sharing?: TestRuns) => {
    const models = { small: {}, large: {}, embedder: { id: encoderId } };
    return TestRuns.open({
      systems: [scriptedChain()],
      endpoints: { scripted: { baseURL: endpoint.url, models, pure: true } },
      config: { encoder: { model: 'embedder' } },
      ...(sharing && { sharing }),
    });
  };
  beforeAll(async () => {
    endpoint = await startScriptedEndpoint({ reply: scriptedReply });
    runs = await open('first');
  });
  afterAll(async () => {
    await others?.close();
    await runs.close();
    await endpoint.close();
  });

  it('are charged for its calls, and a second run of the same pays for none of them', async () => {
    const first = await runs.start({ system: 'scripted-chain', plan, activities, seed: 1 });
    expect((await runs.client.result(first)).status).toBe('completed');
    const { stores } = runs.runtime;
    const encoderCalls = async (runId: string) =>
      (await stores.spend.breakdown(runId)).filter(({ role }) => role === 'encoder');
    const [line, ...others] = await encoderCalls(first);
    expect(line).toMatchObject({ kind: 'embedding', model: 'embedder', calls: endpoint.requests.embeddings });
    expect(line?.calls).toBeGreaterThan(0);
    expect(others).toEqual([]);

    const second = await runs.start({ system: 'scripted-chain', plan, activities, seed: 1 });
    expect((await runs.client.result(second)).status).toBe('completed');
    expect(await encoderCalls(second)).toEqual([]);
  });

  it('end at the limit of calls when the encoder reaches it', async () => {
    await runs.stopWorkers();
    others = await open('second', runs);
    const before = endpoint.requests.total;
    // All other calls are in the memo.
    const runId = await others.start({ system: 'scripted-chain', plan, activities, seed: 1, budget: { calls: 1 } });
    expect((await others.client.result(runId)).status).toBe('budget-exhausted');
    // The one call that it may make is reserved for the final test.
    expect(endpoint.requests.total).toBe(before);
    const { candidates, ledger } = others.runtime.stores;
    expect(await candidates.listRecent(runId, 'answerer', -1, 10)).not.toEqual([]);
    expect(await ledger.list(runId, { kind: 'reward' })).toEqual([]);
  });
});
