import { scriptedChain, scriptedReply } from '../systems/synthetic';
import { startScriptedEndpoint, type ScriptedEndpoint } from './support/scripted-endpoint';
import { quickActivities, TestRuns, tinyPlan } from './support/test-run';
import { until } from './support/until';
import { decisionProjection } from './support/decisions';
import type { EndpointOptions } from '../providers/language-models';

jest.setTimeout(180_000);

const who = { actor: 'test', reason: 'to see what happens' };

describe('limits of runs', () => {
  let endpoint: ScriptedEndpoint;
  const opened: TestRuns[] = [];

  beforeEach(async () => {
    endpoint = await startScriptedEndpoint({ reply: scriptedReply, latencyMs: 10 });
  });
  afterEach(async () => {
    for (const runs of opened.splice(0).reverse()) await runs.close();
    await endpoint.close();
  });

  async function open(more: Partial<EndpointOptions> = {}): Promise<TestRuns> {
    const runs = await TestRuns.open({
      systems: [scriptedChain()],
      endpoints: { scripted: { baseURL: endpoint.url, models: { small: {}, large: {} }, pure: true, ...more } },
    });
    opened.push(runs);
    return runs;
  }

  const paused = (runs: TestRuns, runId: string) =>
    until(async () => (await runs.client.progress(runId)).status === 'paused');

  async function endedOrPaused(runs: TestRuns, runId: string): Promise<string> {
    let status = 'running';
    await until(async () => (status = (await runs.client.progress(runId)).status) !== 'running', 120_000);
    return status;
  }

  it('pauses once at a share of a limit, says what was spent, and goes on without pausing there again', async () => {
    const runs = await open();
    const plan = { ...tinyPlan, iterations: 2 };
    const probe = await runs.start({ system: 'scripted-chain', plan });
    await runs.client.result(probe);
    const { calls } = await runs.client.spend(probe);

    // Half of the calls are made within the first iteration; every execution of the run has one iteration.
    const budget = { calls: calls * 2, pauseAt: 0.3 };
    const runId = await runs.start({ system: 'scripted-chain', plan, budget, fresh: true, iterationsPerExecution: 1 });
    await paused(runs, runId);
    const progress = await runs.client.progress(runId);
    expect(progress.paused).toMatchObject({
      by: 'optimas',
      reason: expect.stringMatching(/^30 % of the limit of calls is reached: \d+ calls, \d+ tokens .* optimas resume/),
    });
    const spent = (await runs.client.spend(runId)).calls;
    // The reserve is less than half of the budget.
    expect(spent).toBeGreaterThanOrEqual(0.3 * calls);
    expect(spent).toBeLessThan(0.6 * calls + 64);
    await runs.client.resume(runId, who);
    expect(await endedOrPaused(runs, runId)).toBe('completed');
    await runs.client.result(runId);
    const ledger = runs.runtime.stores.ledger;
    expect(decisionProjection(await ledger.list(runId))).toEqual(decisionProjection(await ledger.list(probe)));
  });

  it('pauses before it ends by its budget, also where the reserve for the final test is more than what is left then', async () => {
    const runs = await open();
    const probe = await runs.start({ system: 'scripted-chain', plan: tinyPlan });
    await runs.client.result(probe);
    const { calls } = await runs.client.spend(probe);

    // Too little for the run; its final test takes more than a fifth of it.
    const budget = { calls: Math.floor(calls * 0.7), pauseAt: 0.8 };
    const runId = await runs.start({ system: 'scripted-chain', plan: tinyPlan, budget, fresh: true });
    await paused(runs, runId);
    expect((await runs.client.spend(runId)).calls).toBeLessThan(0.8 * budget.calls);
    await runs.client.setBudget(runId, { ...who, budget: {} });
    await runs.client.resume(runId, who);
    expect((await runs.client.result(runId)).status).toBe('completed');
  });

  it('pauses at a share of its time, and anew when the budget is set anew', async () => {
    const runs = await open();
    endpoint.setLatency(150);
    const budget = { wallClockMs: 40_000, pauseAt: 0.05 };
    const runId = await runs.start({ system: 'scripted-chain', plan: tinyPlan, budget });
    await paused(runs, runId);
    expect((await runs.client.progress(runId)).paused?.reason).toMatch(/^5 % of the limit of time is reached: \d+ s/);
    await expect(runs.client.setBudget(runId, { ...who, budget: { pauseAt: 3 } })).rejects.toThrow(/budget.pauseAt/);
    const before = endpoint.requests.total;
    await runs.client.resume(runId, who);
    await until(() => endpoint.requests.total > before + 16);
    expect((await runs.client.progress(runId)).status).toBe('running');
    await runs.client.setBudget(runId, { ...who, budget: { calls: 1_000, pauseAt: 0.001 } });
    await paused(runs, runId);
    expect((await runs.client.progress(runId)).paused?.reason).toMatch(/limit of calls is reached/);
    await runs.client.cancel(runId, { ...who, now: true });
    await runs.client.result(runId);
  });

  it('does not end by limits that were replaced while its activities ran under them', async () => {
    const runs = await open();
    const release = endpoint.hold();
    // Half of what the baseline takes: every activity of it will find the limit used up, once its first calls are answered.
    const runId = await runs.start({ system: 'scripted-chain', plan: tinyPlan, budget: { calls: 13 } });
    await until(() => endpoint.requests.total > 0);
    await runs.client.setBudget(runId, { ...who, budget: {} });
    release();
    expect((await runs.client.result(runId)).status).toBe('completed');
  });

  it('spends no more than its money, finishes the final test from the reserve, and leaves nothing reserved', async () => {
    const price = { promptPerMillion: 100, completionPerMillion: 400 };
    const runs = await open({ models: { small: { price, maxTokens: 64 }, large: { price, maxTokens: 64 } } });
    const probe = await runs.start({ system: 'scripted-chain', plan: tinyPlan });
    await runs.client.result(probe);
    const usd = (await runs.client.spend(probe)).usd * 0.8;
    const runId = await runs.start({ system: 'scripted-chain', plan: tinyPlan, budget: { usd }, fresh: true });
    // What a worker held that was killed before it could say so.
    await runs.runtime.stores.reservations.tryReserve(runId, { calls: 0, tokens: 0, usd: 0 }, {});
    expect((await runs.client.result(runId)).status).toBe('budget-exhausted');
    const document = await runs.client.document(runId);
    expect(document?.reason).toMatch(/US dollars are spent/);
    expect(document?.final.test?.n).toBe(tinyPlan.testExamples);
    expect(document?.cost.usd).toBeLessThanOrEqual(usd);
    expect(await runs.runtime.stores.reservations.reserved(runId)).toEqual({ calls: 0, tokens: 0, usd: 0 });
    const released = await runs.runtime.stores.ledger.list(runId, { kind: 'reservations' });
    expect(released.map(({ body }) => body)).toEqual([{ released: 1 }]);
  });

  it('waits out a long series of 429s without using up the attempts of an activity', async () => {
    endpoint.setFaults([{ when: { every: 3 }, fault: { type: 'rate-limit', retryAfterMs: 20 } }]);
    const runs = await open();
    const activities = { maximumAttempts: 1, heartbeatTimeoutMs: 30_000 };
    const runId = await runs.start({ system: 'scripted-chain', plan: tinyPlan, activities });
    expect(await endedOrPaused(runs, runId)).toBe('completed');
    expect(endpoint.requests.faults).toBeGreaterThan(50);
  });

  it('cuts a call that hangs and makes it again, and none of those that were finished beside it', async () => {
    endpoint.setFaults([{ when: { request: [5, 60] }, fault: { type: 'hang' } }]);
    // Long enough that a busy machine cuts none but the two.
    const runs = await open({ timeoutMs: 5_000 });
    const activities = { ...quickActivities, heartbeatTimeoutMs: 30_000 };
    const runId = await runs.start({ system: 'scripted-chain', plan: tinyPlan, activities });
    expect((await runs.client.result(runId)).status).toBe('completed');
    const repeated = Object.values(endpoint.requests.byHash).filter((count) => count > 1);
    expect(repeated).toEqual([2, 2]);
  });

  it('gives the server an order: of many runs that wait for a worker, the urgent one goes first', async () => {
    const runs = await TestRuns.open({ systems: [scriptedChain()], endpoints: {}, withWorkers: false });
    opened.push(runs);
    // Each ends at once, since no worker knows its schema.
    const start = (workflowId: string, priorityKey: number) =>
      runs.temporal.workflow.start('optimization', {
        args: [{ schemaVersion: 99 }],
        workflowId,
        taskQueue: runs.taskQueue,
        priority: { priorityKey },
      });
    const others = Array.from({ length: 40 }, (_, index) => `${runs.taskQueue}-${index}`);
    for (const id of others) await start(id, 5);
    const urgent = `${runs.taskQueue}-urgent`;
    await start(urgent, 1);
    await runs.startWorkers();
    const begun = async (id: string): Promise<number> => {
      const handle = runs.temporal.workflow.getHandle(id);
      await handle.result().catch(() => undefined);
      const time = (await handle.fetchHistory()).events?.find((event) => event.workflowTaskStartedEventAttributes);
      return Number(time?.eventTime?.seconds) * 1_000 + Number(time?.eventTime?.nanos) / 1e6;
    };
    const urgentBegan = await begun(urgent);
    const began = await Promise.all(others.map(begun));
    // First come, first served, it would be the last of all.
    expect(began.filter((time) => time < urgentBegan).length).toBeLessThan(10);
  });

  it('gives tasks and calls of an urgent run first', async () => {
    const runs = await open({ concurrency: 1 });
    endpoint.setLatency(30);
    const slow = await runs.start({ system: 'scripted-chain', plan: tinyPlan, priority: 5 });
    await until(() => endpoint.requests.total > 10);
    const urgent = await runs.start({ system: 'scripted-chain', seed: 7, plan: tinyPlan, priority: 1, fresh: true });
    expect((await runs.client.result(urgent)).status).toBe('completed');
    expect((await runs.client.progress(slow)).status).toBe('running');
    const description = await runs.temporal.workflow.getHandle(urgent).describe();
    expect(description.priority?.priorityKey).toBe(1);
    const { events } = await runs.temporal.workflow.getHandle(`${urgent}/iteration-1`).fetchHistory();
    expect(events?.[0]?.workflowExecutionStartedEventAttributes?.priority?.priorityKey).toBe(1);
    await runs.client.cancel(slow, { ...who, now: true });
    await runs.client.result(slow);
    await expect(runs.start({ system: 'scripted-chain', plan: tinyPlan, priority: 6 })).rejects.toThrow(/from 1/);
  });
});
