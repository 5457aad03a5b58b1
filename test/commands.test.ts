import { scriptedChain, scriptedReply } from '../systems/synthetic';
import { decisionProjection } from './support/decisions';
import { startScriptedEndpoint, type ScriptedEndpoint } from './support/scripted-endpoint';
import { TestRuns, tinyPlan } from './support/test-run';
import { until, untilPhase } from './support/until';

jest.setTimeout(120_000);

const who = { actor: 'test', reason: 'to see what happens' };
/** Its iterations are not over before a command arrives. */
const longPlan = { ...tinyPlan, iterations: 5, patience: 5 };

describe('commands on a run', () => {
  let endpoint: ScriptedEndpoint;
  let runs: TestRuns;

  beforeEach(async () => {
    endpoint = await startScriptedEndpoint({ reply: scriptedReply, latencyMs: 15 });
    runs = await TestRuns.open({
      systems: [scriptedChain()],
      endpoints: { scripted: { baseURL: endpoint.url, models: { small: {}, large: {} }, pure: true } },
    });
  });

  afterEach(async () => {
    await runs.close();
    await endpoint.close();
  });

  const decisionsOf = async (runId: string): Promise<string[]> =>
    decisionProjection(await runs.runtime.stores.ledger.list(runId));

  it('pauses now and at a safe point, resumes, and decides as if nothing had been', async () => {
    const runId = await runs.start({ system: 'scripted-chain', plan: tinyPlan });
    await until(() => endpoint.requests.total > 20);
    const paused = await runs.client.pause(runId, { ...who, now: true });
    expect(paused.status).toBe('paused');
    expect(paused.paused).toMatchObject({ by: 'test', reason: who.reason });
    await until(async () => {
      const before = endpoint.requests.total;
      await new Promise((resolve) => setTimeout(resolve, 500));
      return endpoint.requests.total === before;
    });
    const quiet = endpoint.requests.total;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(endpoint.requests.total).toBe(quiet);
    expect((await runs.client.resume(runId, who)).status).toBe('running');
    await until(() => endpoint.requests.total > quiet + 40);
    await runs.client.pause(runId, { ...who, now: false });
    await runs.client.pause(runId, { ...who, now: false }); // Again: nothing changes.
    await runs.client.resume(runId, who);
    expect((await runs.client.result(runId)).status).toBe('completed');

    const commands = (await runs.runtime.stores.ledger.list(runId)).filter((entry) => entry.kind === 'pause');
    expect(commands.map((entry) => entry.body)).toEqual([
      { ...who, now: true },
      { ...who, now: false },
      { ...who, now: false },
    ]);
    const undisturbed = await runs.start({ system: 'scripted-chain', plan: tinyPlan, fresh: true });
    await runs.client.result(undisturbed);
    expect(await decisionsOf(runId)).toEqual(await decisionsOf(undisturbed));
    await expect(runs.client.pause(runId, { ...who, now: false })).rejects.toThrow(/unknown or has ended/);
  });

  it('cancels with the best so far and its test scores; with now, without them', async () => {
    const runId = await runs.start({ system: 'scripted-chain', plan: longPlan });
    await untilPhase(runs.client, runId, 'iterations');
    await runs.client.cancel(runId, { ...who, now: false });
    expect((await runs.client.result(runId)).status).toBe('cancelled');
    const document = await runs.client.document(runId);
    expect(document?.status).toBe('cancelled');
    expect(document?.baseline.test?.n).toBe(tinyPlan.testExamples);
    expect(document?.final.gain).not.toBeNull();
    expect(document?.configuration['answerer']?.['model']).toBeDefined();

    const second = await runs.start({ system: 'scripted-chain', seed: 1, plan: tinyPlan });
    await untilPhase(runs.client, second, 'baseline');
    await runs.client.cancel(second, { ...who, now: true });
    expect(await runs.client.result(second)).toMatchObject({ status: 'cancelled', finalTest: null });
    expect((await runs.client.document(second))?.final.test).toBeNull();
  });

  /** Its components are chosen, and it has made calls since. */
  const untilSimultaneous = async (runId: string): Promise<void> => {
    const { ledger } = runs.runtime.stores;
    await until(async () =>
      (await ledger.list(runId, { kind: 'component' })).some(({ body }) => 'others' in (body as object)),
    );
    const chosen = endpoint.requests.total;
    await until(() => endpoint.requests.total > chosen);
  };

  it('pauses in the middle of a simultaneous step, and decides as if nothing had been', async () => {
    const plan = { ...tinyPlan, simultaneousSteps: true };
    const runId = await runs.start({ system: 'scripted-chain', plan });
    await untilSimultaneous(runId);
    const { paused } = await runs.client.pause(runId, { ...who, now: true });
    expect(paused?.by).toBe('test');
    expect(await runs.client.progress(runId)).toMatchObject({ phase: 'iterations', iterationsDone: 0 });
    const { ledger } = runs.runtime.stores;
    expect(await ledger.list(runId, { kind: 'decision' })).toEqual([]);
    await runs.client.resume(runId, who);
    expect((await runs.client.result(runId)).status).toBe('completed');
    expect((await runs.client.document(runId))?.iterations[0]?.others).toEqual(['retriever', 'answerer']);
    const undisturbed = await runs.start({ system: 'scripted-chain', plan, fresh: true });
    await runs.client.result(undisturbed);
    expect(await decisionsOf(runId)).toEqual(await decisionsOf(undisturbed));
  });

  it('cancels in the middle of a simultaneous step: nothing is decided, and the initial configuration is tested', async () => {
    const runId = await runs.start({ system: 'scripted-chain', plan: { ...longPlan, simultaneousSteps: true } });
    await untilSimultaneous(runId);
    await runs.client.cancel(runId, { ...who, now: false });
    expect((await runs.client.result(runId)).status).toBe('cancelled');
    const document = await runs.client.document(runId);
    expect(document?.iterations).toEqual([]);
    expect(document?.final.test).toEqual(document?.baseline.test);
    expect(document?.final.test?.n).toBe(tinyPlan.testExamples);
  });

  it("obeys Temporal's own Cancel in the same way", async () => {
    const runId = await runs.start({ system: 'scripted-chain', plan: longPlan });
    await untilPhase(runs.client, runId, 'iterations');
    await runs.temporal.workflow.getHandle(runId).cancel();
    await expect(runs.client.result(runId)).rejects.toThrow(/cancelled/i);
    const document = await runs.client.document(runId);
    expect(document).toMatchObject({ status: 'cancelled', reason: 'cancelled through Temporal' });
    expect(document?.final.test?.n).toBe(tinyPlan.testExamples);
  });

  it("does not obey a cancel, nor Temporal's own, once the final test has begun: nothing is left to end early", async () => {
    const runId = await runs.start({ system: 'scripted-chain', plan: tinyPlan });
    await untilPhase(runs.client, runId, 'iterations');
    endpoint.setLatency(250);
    await untilPhase(runs.client, runId, 'final-test');
    await runs.temporal.workflow.getHandle(runId).cancel();
    await runs.client.cancel(runId, { ...who, now: false });
    expect((await runs.client.result(runId)).status).toBe('completed');
    expect((await runs.client.document(runId))?.final.test?.n).toBe(tinyPlan.testExamples);
  });

  it('is over at once when it is terminated; the next run pays nothing of it again', async () => {
    const quiet = async (): Promise<void> => {
      let before = -1;
      await until(async () => {
        if (endpoint.requests.total === before) return true;
        before = endpoint.requests.total;
        await new Promise((resolve) => setTimeout(resolve, 500));
        return false;
      });
    };
    const terminated = await runs.start({ system: 'scripted-chain', plan: tinyPlan });
    await until(() => endpoint.requests.total > 40);
    await runs.temporal.workflow.getHandle(terminated).terminate('out of hand');
    await expect(runs.client.result(terminated)).rejects.toMatchObject({ cause: { message: 'out of hand' } });
    expect((await runs.runtime.stores.runs.get(terminated))?.result).toBeUndefined();
    await quiet();
    const paid = (await runs.client.spend(terminated)).calls;
    expect(paid).toBeGreaterThan(20);

    const again = await runs.start({ system: 'scripted-chain', plan: tinyPlan });
    expect((await runs.client.result(again)).status).toBe('completed');
    const undisturbed = await runs.start({ system: 'scripted-chain', plan: tinyPlan, fresh: true });
    await runs.client.result(undisturbed);
    expect(await decisionsOf(again)).toEqual(await decisionsOf(undisturbed));
    expect((await runs.client.spend(again)).calls + paid).toBe((await runs.client.spend(undisturbed)).calls);
  });

  it('stops at its budget with a reserve for the final test, which setBudget can raise', async () => {
    const limited = await runs.start({ system: 'scripted-chain', plan: tinyPlan, budget: { calls: 200 } });
    expect((await runs.client.result(limited)).status).toBe('budget-exhausted');
    const document = await runs.client.document(limited);
    expect(document?.reason).toMatch(/of \d+ calls are made/);
    expect(document?.final.test?.n).toBe(tinyPlan.testExamples);
    expect(document?.cost.llmCalls).toBeLessThanOrEqual(200);

    const raised = await runs.start({ system: 'scripted-chain', seed: 2, plan: tinyPlan, budget: { calls: 200 } });
    await untilPhase(runs.client, raised, 'baseline');
    await expect(runs.client.setBudget(raised, { ...who, budget: { calls: -1 } })).rejects.toThrow(/budget.calls/);
    expect((await runs.client.setBudget(raised, { ...who, budget: {} })).budget).toEqual({});
    expect((await runs.client.result(raised)).status).toBe('completed');
  });

  it('stops when its wall clock is used up', async () => {
    endpoint.setLatency(200); // Some hundred calls, eight at a time: more than the limit whatever the machine.
    const runId = await runs.start({ system: 'scripted-chain', plan: tinyPlan, budget: { wallClockMs: 3_000 } });
    const result = await runs.client.result(runId);
    expect(result.status).toBe('budget-exhausted');
    expect(result.reason).toMatch(/wall clock/);
    expect((await runs.client.progress(runId)).activeMs).toBeLessThan(10_000);
  });

  it('says that its time was used up when that happens inside an iteration, and still measures the final test', async () => {
    // Slow enough that its price keeps more than 8 s for the final test, of which the run then has 8 s left.
    endpoint.setLatency(1_000);
    const runId = await runs.start({ system: 'scripted-chain', plan: longPlan });
    await untilPhase(runs.client, runId, 'preference-data');
    endpoint.setLatency(5);
    await untilPhase(runs.client, runId, 'rewards');
    endpoint.setLatency(2_000);
    const before = endpoint.requests.total;
    await until(async () => (await runs.client.progress(runId)).component !== null && endpoint.requests.total > before);
    const { activeMs, iterationsDone } = await runs.client.progress(runId);
    endpoint.setLatency(5);
    await runs.client.setBudget(runId, { ...who, budget: { wallClockMs: activeMs + 8_000 } });
    const result = await runs.client.result(runId);
    const document = await runs.client.document(runId);
    expect(document?.final.test?.n).toBe(tinyPlan.testExamples); // Else the limit struck in the final test, too.
    expect(result.reason).toMatch(/wall clock are used$/);
    expect(result.status).toBe('budget-exhausted');
    expect(document?.status).toBe('budget-exhausted');
    const iteration = runs.temporal.workflow.getHandle(`${runId}/iteration-${iterationsDone + 1}`);
    expect(await iteration.result()).toMatchObject({ status: 'cancelled' }); // It had begun, and was told to end.
  });

  it('continues as new between iterations without changing a decision', async () => {
    const one = await runs.start({ system: 'scripted-chain', plan: { ...tinyPlan, iterations: 3 } });
    await runs.client.result(one);
    const many = await runs.start({
      system: 'scripted-chain',
      plan: { ...tinyPlan, iterations: 3 },
      iterationsPerExecution: 1,
      fresh: true,
    });
    expect((await runs.client.result(many)).status).toBe('completed');
    expect(await decisionsOf(many)).toEqual(await decisionsOf(one));
    const description = await runs.temporal.workflow.getHandle(many).describe();
    const first = await runs.temporal.workflow.getHandle(many).fetchHistory();
    expect(first.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId).toBeTruthy();
    expect(description.historyLength).toBeLessThan(4_096);
  });
});
