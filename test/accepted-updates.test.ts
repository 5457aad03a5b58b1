import { resultDocumentSchema, type ResultDocument } from '../core/run/result-document';
import type { RunPlan } from '../core/run/plan';
import type { Optimizer } from '../core/search/own-optimizer';
import type { PromptValue } from '../core/system/variable';
import { oneSettingReply, oneSettingSystems } from './support/one-setting-systems';
import { startScriptedEndpoint, type ScriptedEndpoint } from './support/scripted-endpoint';
import { quickActivities, TestRuns } from './support/test-run';

jest.setTimeout(400_000);

/** No attempt may be given up because a busy machine made its heartbeat late. */
const activities = { ...quickActivities, heartbeatTimeoutMs: 30_000 };

/** Money per million tokens, prompt and completion alike. */
const price = (perMillion: number) => ({
  price: { promptPerMillion: perMillion, completionPerMillion: perMillion },
});

/** A user's own: says the word where one is asked for. */
const magician: Optimizer = {
  name: 'magician',
  kinds: ['prompt'],
  version: '1',
  propose({ incumbent: { prompt } }) {
    const { instructions } = prompt as unknown as PromptValue;
    return instructions === 'Say the word.'
      ? [{ prompt: { instructions: 'Say the word: abracadabra.', demonstrations: [] } }]
      : [];
  },
};

/** How many calls a user's own optimizer for a component without a prompt was shown, ask by ask. */
const shownCalls: number[] = [];
const onlooker: Optimizer = {
  name: 'onlooker',
  kinds: ['integer', 'oneOf', 'range'],
  version: '1',
  propose({ calls }) {
    shownCalls.push(calls.length);
    return [];
  },
};

describe('an accepted update of one kind', () => {
  let endpoint: ScriptedEndpoint;
  let distant: ScriptedEndpoint;
  let runs: TestRuns;

  beforeAll(async () => {
    endpoint = await startScriptedEndpoint({ reply: oneSettingReply });
    distant = await startScriptedEndpoint({ reply: oneSettingReply, latencyMs: 1_000 });
    runs = await TestRuns.open({
      systems: Object.values(oneSettingSystems),
      endpoints: {
        scripted: {
          baseURL: endpoint.url,
          models: {
            obedient: {},
            imitator: {},
            bewitched: {},
            sloppy: price(1),
            careful: price(1_000),
            dear: price(10_000),
          },
          pure: true,
          concurrency: 32,
        },
        distant: { baseURL: distant.url, models: { distant: {} }, pure: true, concurrency: 32 },
      },
      config: { optimizers: [magician, onlooker] },
    });
  });

  afterAll(async () => {
    await runs.close();
    await endpoint.close();
    await distant.close();
  });

  async function optimized(system: string, plan: Partial<RunPlan> = {}): Promise<ResultDocument> {
    const runId = await runs.start({ system, plan: { iterations: 1, ...plan }, activities });
    await runs.client.result(runId);
    return resultDocumentSchema.parse(await runs.client.document(runId));
  }

  it.each(['instructions', 'demonstrations', 'hyperparameter', 'model'] as const)(
    'raises the score on held-out test examples: %s',
    async (kind) => {
      const { iterations, final } = await optimized(kind);
      const accepted = iterations.filter((iteration) => iteration.accepted);
      expect(accepted.flatMap(({ changed }) => changed.map((change) => change.kind))).toContain(kind);
      expect(final.gain?.mean).toBeGreaterThan(0.3);
      expect(final.gain?.ci95[0]).toBeGreaterThan(0);
    },
  );

  it("raises the score on held-out test examples: a user's own optimizer", async () => {
    const { iterations, final, runId, configuration } = await optimized('own');
    expect(iterations).toMatchObject([{ accepted: true, changed: [{ variable: 'prompt', kind: 'instructions' }] }]);
    expect(final.gain?.mean).toBe(1);
    expect(configuration['doubler']?.['prompt']).toMatchObject({ instructions: 'Say the word: abracadabra.' });
    const [proposals] = await runs.runtime.stores.ledger.list(runId, { kind: 'proposals' });
    const credited: unknown = expect.objectContaining({ origin: 'own', optimizers: ['magician'], finalist: true });
    expect(proposals).toMatchObject({ body: { proposals: expect.arrayContaining([credited]) as unknown } });
  });

  it('makes a model cheaper, at the same score, because money is an objective', async () => {
    const { iterations, final, objectives, certificate } = await optimized('price', { scorePerUsd: 1 });
    expect(iterations).toMatchObject([{ accepted: true, changed: [{ variable: 'model', kind: 'model' }] }]);
    expect(iterations[0]).toMatchObject({ before: 1, after: 1 });
    expect(final).toMatchObject({ test: { mean: 1 }, gain: { mean: 0 } });
    const { before, after } = objectives?.prices ?? {};
    expect(before?.usd).toBeGreaterThan(0.05);
    expect(after?.usd).toBeCloseTo((before?.usd ?? 0) / 10, 9);
    // In score less price: what the final configuration costs could be saved, and no more.
    expect(certificate?.dearest).toBeCloseTo(after?.usd ?? 0, 9);
    expect(certificate?.headroom).toBeGreaterThan(certificate?.dearest ?? 1);
  });

  it('makes a model faster, at the same score, because latency is an objective', async () => {
    const { iterations, final, objectives } = await optimized('latency', { scorePerSecond: 1 });
    expect(iterations).toMatchObject([{ accepted: true, changed: [{ variable: 'model', kind: 'model' }] }]);
    expect(iterations[0]).toMatchObject({ before: 1, after: 1 });
    expect(final).toMatchObject({ test: { mean: 1 }, gain: { mean: 0 } });
    const { before, after } = objectives?.prices ?? {};
    expect(before?.seconds).toBeGreaterThan(0.9);
    // On a loaded machine the other model's calls take a while too.
    expect(after?.seconds).toBeLessThan((before?.seconds ?? 0) - 0.4);
    const unhurried = await optimized('latency');
    expect(unhurried.iterations).toMatchObject([{ accepted: false }]);
  });

  it('makes a model cheaper without rewards too', async () => {
    const { iterations, final, rewards } = await optimized('price', { scorePerUsd: 1, rewards: false });
    expect(iterations).toMatchObject([{ accepted: true, changed: [{ variable: 'model', kind: 'model' }] }]);
    expect(final).toMatchObject({ test: { mean: 1 }, gain: { mean: 0 } });
    expect(rewards).toEqual({});
  });

  it("shows a user's own optimizer calls without rewards too, of a component without a prompt", async () => {
    shownCalls.length = 0;
    const { iterations } = await optimized('hyperparameter', { rewards: false });
    expect(iterations).toMatchObject([{ accepted: true }]);
    expect(shownCalls.at(-1)).toBeGreaterThan(0);
  });

  it('leaves the dear model where money is no objective', async () => {
    const { iterations, objectives } = await optimized('price');
    expect(iterations).toMatchObject([{ accepted: false }]);
    expect(objectives).toBeUndefined();
  });

  it('takes a better model that is dearer only where it is worth its price', async () => {
    const worthIt = await optimized('model', { scorePerUsd: 0.1 });
    expect(worthIt.iterations).toMatchObject([{ accepted: true, before: expect.any(Number) as number, after: 1 }]);
    // A call of `careful` costs about a cent: at 100 of score a dollar, more than it can gain.
    const notWorthIt = await optimized('model', { scorePerUsd: 100 });
    expect(notWorthIt.iterations).toMatchObject([{ accepted: false }]);
  });
});
