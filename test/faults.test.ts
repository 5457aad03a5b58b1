import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { component } from '../core/system/component';
import { system, type System } from '../core/system/system';
import { oneOf } from '../core/system/variable';
import { scriptedChain, scriptedReply } from '../systems/synthetic';
import { decisionProjection } from './support/decisions';
import { startScriptedEndpoint, type ScriptedEndpoint } from './support/scripted-endpoint';
import { TestRuns, tinyPlan } from './support/test-run';
import { until, untilPhase } from './support/until';

jest.setTimeout(300_000);

const canary = 'sk-canary-4f9a1c77e2d84b06';
const who = { actor: 'test', reason: 'mended' };

describe('a run on an endpoint that misbehaves', () => {
  let endpoint: ScriptedEndpoint;
  let runs: TestRuns;

  beforeEach(async () => {
    endpoint = await startScriptedEndpoint({ reply: scriptedReply, apiKey: canary });
    runs = await TestRuns.open({
      systems: [scriptedChain()],
      endpoints: {
        scripted: {
          baseURL: endpoint.url,
          apiKey: canary,
          models: { small: {}, large: {} },
          pure: true,
          timeoutMs: 1_000,
        },
      },
    });
  });

  afterEach(async () => {
    await runs.close();
    await endpoint.close();
  });

  it('decides the same as on a healthy one; the key shows up nowhere; no payload is over 128 KiB', async () => {
    endpoint.setFaults([
      { when: { every: 7 }, fault: { type: 'rate-limit', retryAfterMs: 30 } },
      { when: { every: 11 }, fault: { type: 'server-error' } },
      { when: { every: 13 }, fault: { type: 'malformed' } },
      { when: { every: 17 }, fault: { type: 'drop' } },
      { when: { request: [40, 90] }, fault: { type: 'hang' } },
    ]);
    const activities = {
      heartbeatTimeoutMs: 5_000,
      maximumAttempts: 30,
      initialIntervalMs: 20,
      maximumIntervalMs: 100,
    };
    const stormy = await runs.start({ system: 'scripted-chain', plan: tinyPlan, activities });
    expect((await runs.client.result(stormy)).status).toBe('completed');
    expect(endpoint.requests.faults).toBeGreaterThan(20);
    endpoint.setFaults([]);
    const calm = await runs.start({ system: 'scripted-chain', plan: tinyPlan, fresh: true });
    await runs.client.result(calm);
    const ledger = runs.runtime.stores.ledger;
    expect(decisionProjection(await ledger.list(stormy))).toEqual(decisionProjection(await ledger.list(calm)));

    const histories = await historiesOf(runs, stormy);
    expect(histories.length).toBeGreaterThan(1);
    expect(largestEvent(histories)).toBeLessThan(128 * 1024);
    const texts = textsOf(histories);
    // The search sees into payloads: that is where the plan is.
    expect(texts).toContain(`"preferenceInputs":${tinyPlan.preferenceInputs}`);
    expect(texts).not.toContain(canary);
    expect(JSON.stringify(await runs.client.document(stormy))).not.toContain(canary);
    for (const name of await readdir(runs.folder)) {
      expect((await readFile(join(runs.folder, name))).includes(canary)).toBe(false);
    }
  });

  it('pauses on a refused key with what to mend, and goes on after it is mended', async () => {
    endpoint.setFaults([{ when: { after: 30 }, fault: { type: 'unauthorized' } }]);
    const runId = await runs.start({ system: 'scripted-chain', plan: tinyPlan });
    await until(async () => (await runs.client.progress(runId)).status === 'paused');
    const { paused } = await runs.client.progress(runId);
    expect(paused).toMatchObject({ by: 'optimas', reason: expect.stringMatching(/refused the key .*\(401\)/) });
    expect(paused?.reason).not.toContain(canary);
    endpoint.setFaults([]);
    await runs.client.resume(runId, who);
    expect((await runs.client.result(runId)).status).toBe('completed');
  });

  it('pauses at once on a model that the endpoint does not know', async () => {
    const unknown = { status: 404, body: { error: { message: 'no such model' } } };
    endpoint.setFaults([{ when: { after: 30 }, fault: { type: 'reply', ...unknown } }]);
    const runId = await runs.start({ system: 'scripted-chain', plan: tinyPlan });
    await until(async () => (await runs.client.progress(runId)).status === 'paused');
    expect((await runs.client.progress(runId)).paused?.reason).toMatch(/found nothing for model 'small' \(404\)/);
    endpoint.setFaults([]);
    await runs.client.resume(runId, who);
    expect((await runs.client.result(runId)).status).toBe('completed');
  });

  it('pauses when an activity is out of attempts, instead of failing', async () => {
    endpoint.setFaults([{ when: { after: 30 }, fault: { type: 'server-error' } }]);
    const runId = await runs.start({ system: 'scripted-chain', plan: tinyPlan });
    await until(async () => (await runs.client.progress(runId)).status === 'paused');
    expect((await runs.client.progress(runId)).paused?.reason).toMatch(/500/);
    endpoint.setFaults([]);
    await runs.client.resume(runId, who);
    expect((await runs.client.result(runId)).status).toBe('completed');
  });
});

describe('a system that is wrong', () => {
  const opened: TestRuns[] = [];
  const open = async (options: Parameters<typeof TestRuns.open>[0]): Promise<TestRuns> => {
    const runs = await TestRuns.open(options);
    opened.push(runs);
    return runs;
  };
  afterEach(async () => {
    for (const runs of opened.splice(0).reverse()) await runs.close();
  });

  const runOf = async (broken: System): Promise<string> => {
    const runs = await open({ systems: [broken], endpoints: {} });
    const runId = await runs.start({ system: broken.name, plan: tinyPlan });
    await until(async () => (await runs.client.progress(runId)).status === 'paused');
    const reason = (await runs.client.progress(runId)).paused?.reason ?? '';
    await runs.client.cancel(runId, { ...who, now: true });
    return reason;
  };

  const examples = (split: string, count: number) =>
    Array.from({ length: count }, (_, index) => ({ id: `${split}${index}`, text: `${split} ${index}` }));
  const dataset = { train: examples('a', 12), validation: examples('b', 12), test: examples('c', 10) };
  const shouting = (options: {
    name: string;
    run?: () => unknown;
    metric?: () => number;
    data?: typeof dataset;
  }): System =>
    system({
      name: options.name,
      input: z.object({ text: z.string() }),
      output: z.object({ loud: z.string() }),
      components: [
        component({
          name: 'shouter',
          description: 'Says it louder',
          input: z.object({ text: z.string() }),
          output: z.object({ loud: z.string() }),
          configuration: { marks: oneOf([1, 2, 3]) },
          run: (options.run ?? (({ text }: { text: string }) => ({ loud: `${text}!` }))) as never,
        }),
      ],
      metric: options.metric ?? (() => 0.5),
      dataset: options.data ?? dataset,
    });

  it.each([
    ['wrong types from run', { run: () => ({ loud: 7 }) }, /shouter.*its output does not fit: loud: .*string/],
    [
      'a component that throws',
      {
        run: () => {
          throw new Error('no voice');
        },
      },
      /'shouter': no voice/,
    ],
    ['a metric outside [0, 1]', { metric: () => 1.7 }, /metric returned 1.7 .* expected a score in \[0, 1\]/],
    [
      'a metric that throws',
      {
        metric: () => {
          throw new Error('no ears');
        },
      },
      /the metric threw .*no ears/,
    ],
    ['an empty split', { data: { ...dataset, validation: [] } }, /dataset.validation is empty/],
    ['a duplicate id', { data: { ...dataset, test: [...dataset.test, dataset.test[0]!] } }, /id 'c0' occurs twice/],
    ['an id in two splits', { data: { ...dataset, test: dataset.train } }, /dataset.train and dataset.test/],
  ])('%s pauses the run with a reason that names it', async (_, options, expected) => {
    const reason = await runOf(shouting({ name: 'shouting', ...options }));
    expect(reason).toMatch(expected);
  });

  it('scores a failed example as the floor with its reason, and counts it', async () => {
    let calls = 0;
    const flaky = shouting({
      name: 'flaky',
      run: () => {
        calls += 1;
        if (calls % 4 === 0) throw new Error('lost its voice');
        return { loud: 'yes!' };
      },
      metric: () => 1,
    });
    const runs = await open({ systems: [flaky], endpoints: {} });
    const runId = await runs.start({ system: 'flaky', plan: tinyPlan });
    await runs.client.result(runId);
    const document = await runs.client.document(runId);
    expect(document?.baseline.validation?.n).toBe(tinyPlan.validationExamples);
    expect(document?.baseline.validation?.mean).toBeLessThan(1);
    const evaluations = await runs.runtime.stores.evaluations.list({
      runId,
      purpose: 'baseline',
      iteration: -1,
      configurationHash: (await runs.client.progress(runId)).incumbent ?? '',
    });
    const failed = evaluations.filter((evaluation) => evaluation.failure !== undefined);
    expect(failed.length).toBeGreaterThan(0);
    expect(
      failed.every((evaluation) => evaluation.score === 0 && /lost its voice/.test(evaluation.failure ?? '')),
    ).toBe(true);
  });

  it('keeps what a component throws out of the history, however long it is', async () => {
    let calls = 0;
    const quiet = shouting({
      name: 'quiet',
      run: () => {
        if (++calls % 4 !== 0) throw new Error(`no voice${'!'.repeat(200 * 1024)}`);
        return { loud: 'yes!' };
      },
    });
    let hoarse = true;
    const mute = shouting({
      name: 'mute',
      run: () => {
        if (hoarse) throw new Error(`no voice${'!'.repeat(200 * 1024)}`);
        return { loud: 'yes!' };
      },
    });
    const runs = await open({ systems: [quiet, mute], endpoints: {} });
    const completed = await runs.start({ system: 'quiet', plan: tinyPlan });
    expect((await runs.client.result(completed)).status).toBe('completed');
    expect(largestEvent(await historiesOf(runs, completed))).toBeLessThan(128 * 1024);

    const paused = await runs.start({ system: 'mute', plan: tinyPlan });
    await until(async () => (await runs.client.progress(paused)).status === 'paused');
    const reason = (await runs.client.progress(paused)).paused?.reason ?? '';
    expect(reason).toMatch(/all 12 examples failed; most often: .*no voice!+\.\.\. \(\d+ characters more\)/);
    // As after a tool was started or a variable set: the definition is the same, and no failure is kept in the memo.
    hoarse = false;
    await runs.client.resume(paused, who);
    expect((await runs.client.result(paused)).status).toBe('completed');
    expect((await runs.client.document(paused))?.baseline.validation?.mean).toBeGreaterThan(0);
    expect(largestEvent(await historiesOf(runs, paused, 0))).toBeLessThan(128 * 1024);
  });

  it('waits while the only worker defines the system differently, and says so', async () => {
    const runs = await open({ systems: [shouting({ name: 'shouting' })], endpoints: {} });
    const runId = await runs.start({ system: 'shouting', plan: { ...tinyPlan, iterations: 50, patience: 50 } });
    await untilPhase(runs.client, runId, 'iterations');
    await runs.client.pause(runId, { ...who, now: true });
    await runs.stopWorkers();
    const other = await open({
      systems: [shouting({ name: 'shouting', data: { ...dataset, test: examples('d', 10) } })],
      endpoints: {},
      withWorkers: false,
      sharing: runs,
    });
    await other.startWorkers();
    await other.client.resume(runId, who);
    await until(async () => (await other.client.progress(runId)).waiting !== null);
    expect(await other.client.progress(runId)).toMatchObject({
      status: 'running',
      paused: null,
      waiting: expect.stringMatching(/defines system 'shouting' differently .* start a new run/),
    });
    await other.client.cancel(runId, { ...who, now: true });
    expect((await other.client.result(runId)).status).toBe('cancelled');
    expect((await other.client.document(runId))?.configuration['shouter']).toBeDefined();
  });

  it('names a missing model before any call is made', async () => {
    const runs = await open({
      systems: [scriptedChain({ models: ['small', 'huge'] })],
      endpoints: { scripted: { baseURL: 'http://127.0.0.1:9/v1', models: { small: {} } } },
    });
    const runId = await runs.start({ system: 'scripted-chain', plan: tinyPlan });
    await until(async () => (await runs.client.progress(runId)).waiting !== null);
    expect((await runs.client.progress(runId)).waiting).toMatch(/'answerer'.*model 'huge'.*known models: small/);
    expect(await runs.runtime.stores.runs.get(runId)).toBeUndefined();
    await runs.client.cancel(runId, { ...who, now: true });
  });
});

/** Events of the run and of its iterations. */
async function historiesOf(
  runs: TestRuns,
  runId: string,
  iterations: number = tinyPlan.iterations,
): Promise<unknown[][]> {
  const ids = [runId];
  for (let number = 1; number <= iterations; number++) ids.push(`${runId}/iteration-${number}`);
  return Promise.all(
    ids.map(async (id) => (await runs.temporal.workflow.getHandle(id).fetchHistory()).events as unknown[]),
  );
}

/** Bytes of payloads and texts in the largest event: no payload of it is larger. */
function largestEvent(histories: unknown[][]): number {
  return Math.max(...histories.flat().map(bytesOf));
}

function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (value instanceof Uint8Array) return value.byteLength;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, part) => sum + bytesOf(part), 0);
}

/** All texts of a history, also those in payloads, which are bytes. */
function textsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(textsOf).join('\n');
}
