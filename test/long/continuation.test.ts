import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTemporalServer, type TemporalServer } from '../../providers/processes';
import { decisionProjection } from '../support/decisions';
import { shoutingOn } from '../support/shouting-system';
import { TestRuns, tinyPlan } from '../support/test-run';
import { until } from '../support/until';
import { temporalExecutable } from '../temporal-executable';

jest.setTimeout(300_000);

const who = { actor: 'test', reason: 'to see what happens' };
const shouting = shoutingOn(10);
const plan = { ...tinyPlan, preferenceInputs: 4, validationExamples: 4, testExamples: 4, patience: 100 };

describe('a run that continues as new after each iteration', () => {
  let runs: TestRuns;
  beforeEach(async () => {
    runs = await TestRuns.open({ systems: [shouting], endpoints: {} });
  });
  afterEach(() => runs.close());

  const start = (iterations: number, iterationsPerExecution: number) =>
    runs.start({ system: 'shouting', plan: { ...plan, iterations }, iterationsPerExecution, budget: { calls: 10 } });
  const executionOf = async (runId: string): Promise<string> =>
    (await runs.temporal.workflow.getHandle(runId).describe()).runId;
  const entries = async (runId: string, kind: string) =>
    (await runs.runtime.stores.ledger.list(runId)).filter((entry) => entry.kind === kind);

  /** Calls `then` when the iteration's decision is stored and its activity has not ended yet. */
  const afterDecision = (then: (runId: string, iteration: number) => Promise<unknown>): void => {
    const { ledger } = runs.runtime.stores;
    const append = ledger.append.bind(ledger);
    ledger.append = async (runId, written) => {
      await append(runId, written);
      for (const { kind, iteration } of written) if (kind === 'decision') await then(runId, iteration);
    };
  };

  it('is the same run, paused and with the budget that it was given just before', async () => {
    let first = '';
    afterDecision(async (id, iteration) => {
      if (iteration !== 0 || first !== '') return;
      first = await executionOf(id);
      // In force before the iteration ends, so that only the run itself is left to stop, behind the continuation.
      await runs.client.setBudget(id, { ...who, budget: { calls: 77 } });
      await runs.client.pause(id, { ...who, now: false });
    });
    const runId = await start(2, 1);
    await until(async () => first !== '' && (await executionOf(runId)) !== first);
    await until(async () => (await runs.client.progress(runId)).iterationsDone === 1);
    const paused = await runs.client.progress(runId);
    expect(paused).toMatchObject({
      status: 'paused',
      paused: { by: 'test', reason: who.reason },
      budget: { calls: 77 },
      phase: 'iterations',
    });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await runs.client.progress(runId)).toEqual(paused); // Its clock stands still too.
    expect(await entries(runId, 'decision')).toHaveLength(1);
    await runs.client.resume(runId, who);
    expect(await runs.client.result(runId)).toMatchObject({ runId, status: 'completed' });
    expect(await entries(runId, 'decision')).toHaveLength(2);

    const calm = await start(2, 25);
    await runs.client.result(calm);
    const { ledger } = runs.runtime.stores;
    expect(decisionProjection(await ledger.list(runId))).toEqual(decisionProjection(await ledger.list(calm)));
  });

  it('loses no command that comes in the moment of a continuation', async () => {
    const iterations = 12;
    const commands: Promise<unknown>[] = [];
    afterDecision(async (id, iteration) => {
      if (iteration === iterations - 1) {
        await Promise.all(commands); // No continuation follows: the run must not end before the last command comes.
        return;
      }
      // Decision, end of the iteration and continuation follow each other within some tens of milliseconds.
      const later = (milliseconds: number, send: () => Promise<unknown>): void => {
        commands.push(new Promise((resolve) => setTimeout(resolve, milliseconds)).then(send));
      };
      const budget = { calls: 100 + iteration };
      later(iteration * 8, () => runs.client.setBudget(id, { ...who, budget }));
    });
    const runId = await start(iterations, 1);
    expect((await runs.client.result(runId)).status).toBe('completed');
    await Promise.all(commands);
    const recorded = (await entries(runId, 'set-budget')).map(({ body }) => (body as { calls: number }).calls);
    expect(recorded.sort((a, b) => a - b)).toEqual(Array.from({ length: iterations - 1 }, (_, index) => 100 + index));
    expect((await runs.client.progress(runId)).iterationsDone).toBe(iterations);
  });
});

type History = Awaited<ReturnType<ReturnType<TestRuns['temporal']['workflow']['getHandle']>['fetchHistory']>>;

describe('a run on a server that suggests to continue as new after 40 events', () => {
  let folder: string;
  let server: TemporalServer;
  let runs: TestRuns;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'optimas-continuation-'));
    server = await startTemporalServer({
      binary: await temporalExecutable(),
      namespace: 'default',
      logFile: join(folder, 'temporal.log'),
      dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': 40 },
      searchAttributes: { OptimasSystem: 'Keyword', OptimasPhase: 'Keyword' },
    });
    runs = await TestRuns.open({ systems: [shouting], endpoints: {}, address: server.address });
  });
  afterAll(async () => {
    await runs?.close();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('does so, long before its own number of iterations, and is still one run', async () => {
    const runId = await runs.start({
      system: 'shouting',
      plan: { ...plan, iterations: 5 },
      iterationsPerExecution: 25,
    });
    expect((await runs.client.result(runId)).status).toBe('completed');
    expect((await runs.client.progress(runId)).iterationsDone).toBe(5);
    const lengths: number[] = [];
    let execution: string | undefined = (await runs.temporal.workflow.getHandle(runId).describe()).runId;
    while (execution !== undefined) {
      const history: History = await runs.temporal.workflow.getHandle(runId, execution).fetchHistory();
      lengths.push(history.events?.length ?? 0);
      execution = history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
    }
    expect(lengths.length).toBeGreaterThanOrEqual(3);
    // What was begun at less than 40 events: stage 1, an iteration or the final test.
    expect(Math.max(...lengths)).toBeLessThan(200);
    const { ledger } = runs.runtime.stores;
    expect((await ledger.list(runId)).filter(({ kind }) => kind === 'decision')).toHaveLength(5);
  });
});

describe('a run on many examples, one per activity', () => {
  const count = 120;
  let runs: TestRuns;
  beforeEach(async () => {
    runs = await TestRuns.open({ systems: [shoutingOn(count)], endpoints: {} });
  });
  afterEach(() => runs.close());

  it('takes more examples per activity where it would be more than 100 activities', async () => {
    const runId = await runs.start({
      system: 'shouting',
      chunkSize: 1,
      plan: { ...plan, iterations: 1, testExamples: count },
    });
    expect((await runs.client.result(runId)).status).toBe('completed');
    const events = (await runs.temporal.workflow.getHandle(runId).fetchHistory()).events ?? [];
    const measured = events.flatMap(({ activityTaskScheduledEventAttributes: scheduled }) => {
      if (scheduled?.activityType?.name !== 'evaluate') return [];
      const input = Buffer.from(scheduled.input?.payloads?.[0]?.data ?? []).toString();
      return [(JSON.parse(input) as { range: { split: string; from: number; to: number } }).range];
    });
    const of = (split: string) => measured.filter((range) => range.split === split).map(({ from, to }) => to - from);
    expect(of('validation')).toEqual([1, 1, 1, 1]);
    expect(of('test')).toEqual(Array.from({ length: 60 }, () => 2));
    expect((await runs.client.document(runId))?.final.test?.n).toBe(count);
  });
});
