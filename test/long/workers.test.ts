import { scriptedChain, scriptedReply } from '../../systems/synthetic';
import { CommandLine } from '../support/command-line';
import { decisionProjection } from '../support/decisions';
import { startScriptedEndpoint, type ScriptedEndpoint } from '../support/scripted-endpoint';
import { TestRuns, tinyPlan } from '../support/test-run';
import { until, untilPhase } from '../support/until';
import { suiteEnvironment } from '../suite-environment';

jest.setTimeout(400_000);

const who = { actor: 'test', reason: 'to see what happens' };
const waits = { maximumAttempts: 3, declinedWaitMs: 100, longestDeclinedWaitMs: 400 };
const { ensureCompiled } = jest.requireActual<{ ensureCompiled: () => void }>('../../scripts/compile.js');

let endpoint: ScriptedEndpoint;
beforeAll(async () => {
  endpoint = await startScriptedEndpoint({ reply: scriptedReply, latencyMs: 20 });
});
afterAll(() => endpoint.close());

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function open(options: Parameters<typeof TestRuns.open>[0]): Promise<TestRuns> {
  const runs = await TestRuns.open(options);
  cleanups.push(() => runs.close());
  return runs;
}

const endpointsWith = (...models: string[]) => ({
  scripted: { baseURL: endpoint.url, models: Object.fromEntries(models.map((name) => [name, {}])), pure: true },
});
const all = () => endpointsWith('small', 'large');

/** Activities that ended, with the worker that did each. */
async function workersOf(runs: TestRuns, workflowIds: string[]): Promise<{ activity: string; worker: string }[]> {
  const histories = await Promise.all(
    workflowIds.map(async (id) => (await runs.temporal.workflow.getHandle(id).fetchHistory()).events ?? []),
  );
  return histories.flatMap((events) =>
    events.flatMap(({ activityTaskCompletedEventAttributes: completed }) => {
      if (!completed) return [];
      const scheduled = events.find(({ eventId }) => String(eventId) === String(completed.scheduledEventId));
      const activity = scheduled?.activityTaskScheduledEventAttributes?.activityType?.name ?? '';
      return [{ activity, worker: completed.identity ?? '' }];
    }),
  );
}

describe('two worker processes of which one does not define the system', () => {
  const config = (taskQueue: string, database: string, systems: string) => `
    import { defineConfig } from 'optimas';
    import { chain, scriptedChain } from '${require.resolve('../../dist/systems/synthetic')}';
    export default defineConfig({
      endpoints: ${JSON.stringify(all())},
      encoder: 'hashed-ngrams',
      systems: [${systems}],
      database: '${database}',
      temporal: { address: '${suiteEnvironment().address}', taskQueue: '${taskQueue}' },
      optimization: ${JSON.stringify(tinyPlan)},
      activities: ${JSON.stringify(waits)},
    });`;

  it('do a run together: it waits for the one that can, and who did the work is in the record', async () => {
    ensureCompiled();
    const runs = await open({ systems: [scriptedChain()], endpoints: all(), withWorkers: false });
    const folders = ['chain().system', 'scriptedChain()'].map((systems) => {
      const project = new CommandLine();
      cleanups.push(() => project.close());
      project.write('optimas.config.ts', config(runs.taskQueue, runs.runtime.stores.database.url, systems));
      return project;
    });
    const [lacking, serving] = folders as [CommandLine, CommandLine];
    const identity = async (project: CommandLine): Promise<string> =>
      (await project.start('worker').says(/worker (optimas@\S+) serves/))[1] ?? '';
    const lackingWorker = await identity(lacking);
    const runId = (await serving.run('start', '--yes')).out.trim();
    const reason = `worker ${lackingWorker} does not define system 'scripted-chain'; it defines synthetic-chain: start a worker whose config defines it`;
    await until(async () => (await runs.client.progress(runId)).waiting === reason);
    expect((await serving.run('status')).out).toContain(`scripted-chain, seed 0, running\n  waiting: ${reason}\n`);
    const watching = serving.start('watch');
    await watching.says(/waiting: worker/);
    expect(await currentDetails(runs, runId)).toContain(`**waiting**: ${reason}`);

    const servingWorker = await identity(serving);
    expect(await watching.ended).toMatchObject({ code: 0, out: expect.stringMatching(/Test score/) });
    expect((await runs.client.progress(runId)).waiting).toBeNull();
    expect(await currentDetails(runs, runId)).not.toContain('waiting');
    const done = await workersOf(runs, [runId, `${runId}/iteration-1`]);
    const needSystem = done.filter(({ activity }) => !['finishRun', 'recordEvent'].includes(activity));
    expect(needSystem.length).toBeGreaterThan(20);
    expect(new Set(needSystem.map(({ worker }) => worker))).toEqual(new Set([servingWorker]));
    const recorded = (await runs.runtime.stores.ledger.list(runId)).filter(({ kind }) => kind === 'worker');
    expect(new Set(recorded.map(({ body }) => (body as { worker: string }).worker))).toEqual(
      new Set(done.map(({ worker }) => worker)),
    );
  });
});

async function currentDetails({ temporal: client }: TestRuns, runId: string): Promise<string> {
  return client.workflow
    .getHandle(runId)
    .query<string>('__temporal_workflow_metadata')
    .then((metadata) => {
      return (metadata as unknown as { currentDetails?: string }).currentDetails ?? '';
    });
}

describe('a worker without a model that the system needs', () => {
  it('declines the run until another one comes; pause and resume work meanwhile', async () => {
    const lacking = await open({ systems: [scriptedChain()], endpoints: endpointsWith('small') });
    const { client } = lacking;
    const runId = await lacking.start({ system: 'scripted-chain', plan: tinyPlan, activities: waits });
    const waiting = async (): Promise<boolean> => (await client.progress(runId)).waiting !== null;
    await until(waiting);
    expect((await client.progress(runId)).waiting).toMatch(
      /^worker optimas@\S+ cannot serve system 'scripted-chain': .*model 'large'/,
    );
    expect(await client.pause(runId, { ...who, now: false })).toMatchObject({ status: 'paused', waiting: null });
    expect(await client.resume(runId, who)).toMatchObject({ status: 'running' });
    await until(waiting);
    await open({ systems: [scriptedChain()], endpoints: all(), sharing: lacking });
    // Both serve the queue; the one that lacks the model ends where nothing new would be seen of that.
    await untilPhase(client, runId, 'iterations');
    await lacking.stopWorkers();
    expect((await client.result(runId)).status).toBe('completed');
    expect((await client.progress(runId)).waiting).toBeNull();
  });

  it('declines a run that another worker has begun with it', async () => {
    const serving = await open({ systems: [scriptedChain()], endpoints: all() });
    const { client } = serving;
    const runId = await serving.start({ system: 'scripted-chain', plan: tinyPlan, activities: waits });
    await untilPhase(client, runId, 'baseline');
    await client.pause(runId, { ...who, now: true });
    await serving.stopWorkers();
    const lacking = await open({ systems: [scriptedChain()], endpoints: endpointsWith('small'), sharing: serving });
    await client.resume(runId, who);
    await until(async () => (await client.progress(runId)).waiting !== null);
    expect((await client.progress(runId)).waiting).toMatch(
      /has other models than run .* began with: model 'large' is not configured there; start a worker with/,
    );
    const began = performance.now();
    const before = await scheduledActivities(serving, runId);
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    // One step tries for all: at most one activity in about 0.7 s (two waits between attempts, one after the last).
    const tries = (await scheduledActivities(serving, runId)) - before;
    expect(tries).toBeGreaterThan(0);
    expect(tries).toBeLessThanOrEqual(2 + (performance.now() - began) / 650);
    await lacking.stopWorkers();
    await serving.startWorkers();
    expect((await client.result(runId)).status).toBe('completed');
    const calm = await serving.start({ system: 'scripted-chain', plan: tinyPlan, fresh: true });
    await client.result(calm);
    const { ledger } = serving.runtime.stores;
    expect(decisionProjection(await ledger.list(runId))).toEqual(decisionProjection(await ledger.list(calm)));
  });
});

async function scheduledActivities({ temporal: client }: TestRuns, runId: string): Promise<number> {
  const { events } = await client.workflow.getHandle(runId).fetchHistory();
  return (events ?? []).filter(({ activityTaskScheduledEventAttributes }) => activityTaskScheduledEventAttributes)
    .length;
}

describe('a worker with another definition', () => {
  it('declines an iteration under way, which goes on when the old definition is back', async () => {
    const runs = await open({ systems: [scriptedChain()], endpoints: all() });
    const { client } = runs;
    const runId = await runs.start({
      system: 'scripted-chain',
      plan: { ...tinyPlan, iterations: 3 },
      activities: waits,
    });
    await untilPhase(client, runId, 'iterations');
    await client.pause(runId, { ...who, now: true });
    await runs.stopWorkers();
    const other = await open({ systems: [scriptedChain({ seed: 9 })], endpoints: all(), sharing: runs });
    await client.resume(runId, who);
    await until(async () => /defines system .* differently/.test((await client.progress(runId)).waiting ?? ''));
    expect((await client.progress(runId)).paused).toBeNull();
    await other.stopWorkers();
    await runs.startWorkers();
    expect((await client.result(runId)).status).toBe('completed');
    expect((await client.progress(runId)).waiting).toBeNull();
  });
});
