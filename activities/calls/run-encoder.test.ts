import type { Limits } from '../../core/run/budget';
import { EndpointEncoder, HashedNgramEncoder, type Encoder } from '../../providers/encoder';
import { LanguageModels } from '../../providers/language-models';
import { storesOf, type Stores } from '../../storage';
import { TemporaryFolder } from '../../storage/testing/temporary-folder';
import { startScriptedEndpoint, type ScriptedEndpoint } from '../../test/support/scripted-endpoint';
import { BudgetExhausted } from './budget-exhausted';
import { runEncoder } from './run-encoder';

const price = { promptPerMillion: 1_000, completionPerMillion: 0 };

let folder: TemporaryFolder;
let endpoint: ScriptedEndpoint;
let stores: Stores;
let dimension: number;
beforeEach(async () => {
  folder = await TemporaryFolder.create();
  stores = storesOf(await folder.open());
  dimension = 8;
  endpoint = await startScriptedEndpoint({
    embed: (text) => Array.from({ length: dimension }, (_, k) => 1 + text.length * k),
  });
});
afterEach(async () => {
  await endpoint.close();
  await folder.remove();
});

interface Account {
  runId?: string;
  limits?: Limits;
  scope?: string;
  signal?: AbortSignal;
  stores?: Stores;
  encoder?: EndpointEncoder;
}

const languageModels = () => new LanguageModels({ e: { baseURL: endpoint.url, models: { embedder: { price } } } }, {});

/** The encoder as an activity of a worker that has just started sees it. */
async function opened({ runId = 'r', limits = {}, scope = '', signal, ...others }: Account = {}): Promise<Encoder> {
  const models = languageModels();
  const { encoder = new EndpointEncoder({ model: 'embedder' }, models.describe('embedder')) } = others;
  const meter = { ...(others.stores ?? stores), runId, languageModels: models, limits, priority: 3, scope };
  return runEncoder({ encoder: async () => encoder }, meter, signal ?? new AbortController().signal);
}
const texts = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `text ${'x'.repeat(from + index)}`);
const sizes = () => endpoint.log.map(({ body }) => (body as { input: string[] }).input.length);

describe('runEncoder', () => {
  it('gives an encoder of this machine as it is', async () => {
    const hashed = new HashedNgramEncoder();
    const meter = { ...stores, runId: 'r', languageModels: languageModels(), limits: {}, priority: 3, scope: '' };
    expect(await runEncoder({ encoder: async () => hashed }, meter, new AbortController().signal)).toBe(hashed);
  });

  it('asks an endpoint for many texts at once, and charges the run', async () => {
    const vectors = await (await opened()).encode(texts(150));
    expect(vectors).toHaveLength(150);
    for (const vector of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    // One for the dimension.
    expect(sizes().sort((a, b) => a - b)).toEqual([1, 22, 64, 64]);
    const [line, ...others] = await stores.spend.breakdown('r');
    expect(line).toMatchObject({ kind: 'embedding', role: 'encoder', model: 'embedder', calls: 4 });
    expect(line?.promptTokens).toBeGreaterThan(1_000);
    expect(line?.usd).toBeCloseTo((line?.promptTokens ?? 0) / 1_000);
    expect(others).toEqual([]);
    expect(await stores.reservations.reserved('r')).toEqual({ calls: 0, tokens: 0, usd: 0 });
  });

  it('pays no text twice, whatever it is asked for with: on a later attempt, another worker, another run', async () => {
    const before = await (await opened()).encode(texts(10));
    const asked = endpoint.requests.total;
    const other = storesOf(await folder.open());
    const after = await (await opened({ runId: 'r2', stores: other })).encode(texts(14));
    expect(after.slice(0, 10)).toEqual(before);
    expect(endpoint.requests.total).toBe(asked + 1);
    expect(sizes().at(-1)).toBe(4);
    expect(await stores.spend.breakdown('r2')).toMatchObject([{ role: 'encoder', calls: 1 }]);
    // With the one for the dimension.
    expect(await other.memo.hitsByKind('r2')).toEqual({ embedding: 11 });
  });

  it('pays once when two workers ask for the same at the same time', async () => {
    endpoint.setLatency(150);
    const other = storesOf(await folder.open());
    const encoders = await Promise.all([opened(), opened({ stores: other })]);
    const [a, b] = await Promise.all(encoders.map((encoder) => encoder.encode(texts(20))));
    expect(b).toEqual(a);
    expect(sizes().sort((x, y) => x - y)).toEqual([1, 20]);
    expect((await stores.spend.totals('r', 'embedding')).calls).toBe(2);
  });

  it('asks anew for a run that ignores earlier entries', async () => {
    const models = languageModels();
    const encoder = new EndpointEncoder({ model: 'embedder' }, models.describe('embedder'));
    await (await opened({ encoder })).encode(texts(3));
    await (await opened({ encoder, runId: 'fresh', scope: 'fresh' })).encode(texts(3));
    expect(sizes()).toEqual([1, 3, 1, 3]);
  });

  it("keeps the run's limits, also at the first word", async () => {
    await expect(opened({ limits: { calls: 0 } })).rejects.toThrow(BudgetExhausted);
    expect(endpoint.requests.total).toBe(0);
    const encoder = await opened({ limits: { calls: 2 } });
    await expect(encoder.encode(texts(65))).rejects.toThrow('2 of 2 calls are made');
    expect(endpoint.requests.total).toBe(2);
    await expect((await opened({ runId: 'r2', limits: { usd: 0.01 } })).encode(texts(100, 70))).rejects.toThrow(
      /next call may cost/,
    );
    expect(endpoint.requests.total).toBe(2);
    // What was paid before the limit is there afterwards.
    await (await opened({ runId: 'r3' })).encode(texts(65));
    expect(sizes().at(-1)).toBeLessThanOrEqual(64);
    expect(sizes().reduce((sum, size) => sum + size, 0)).toBe(1 + 65);
  });

  it('tries again after a passing failure, and is charged once', async () => {
    const encoder = await opened();
    endpoint.setFaults([{ when: 'always', fault: { type: 'server-error' } }]);
    await expect(encoder.encode(texts(3))).rejects.toMatchObject({ kind: 'retryable' });
    endpoint.setFaults([]);
    expect(await encoder.encode(texts(3))).toHaveLength(3);
    expect((await stores.spend.totals('r', 'embedding')).calls).toBe(2);
    expect(await stores.reservations.reserved('r')).toEqual({ calls: 0, tokens: 0, usd: 0 });
  });

  it('refuses vectors of another dimension: they are paid, but not kept', async () => {
    const encoder = await opened();
    dimension = 4;
    await expect(encoder.encode(['a'])).rejects.toMatchObject({
      kind: 'systematic',
      message: expect.stringMatching(/'embedder' gave a vector of 4 numbers, and 8 before: .*'identity' in the config/),
    });
    expect((await stores.spend.totals('r', 'embedding')).calls).toBe(2);
    dimension = 8;
    expect(await encoder.encode(['a'])).toHaveLength(1);
  });

  it.each([
    ['too few vectors', { data: [] }, /0 vectors for 1 texts/],
    ['numbers that are not finite', { data: [{ embedding: [1, null] }] }, /not a list of finite numbers/],
  ])('refuses a reply with %s', async (_, body, message) => {
    const encoder = await opened();
    endpoint.setFaults([{ when: 'always', fault: { type: 'reply', status: 200, body } }]);
    await expect(encoder.encode(['a'])).rejects.toThrow(message);
  });

  it('says what to do where the endpoint finds a text too long', async () => {
    const encoder = await opened();
    const body = { error: { message: 'maximum context length is 512 tokens' } };
    endpoint.setFaults([{ when: 'always', fault: { type: 'reply', status: 400, body } }]);
    await expect(encoder.encode(['a'])).rejects.toThrow(/512 tokens.*lower maxCharacters of encoder in the config/);
  });

  it('ends at once when the attempt does', async () => {
    const controller = new AbortController();
    const encoder = await opened({ signal: controller.signal });
    endpoint.hold();
    const encoding = encoder.encode(['a']);
    setTimeout(() => controller.abort(new Error('paused')), 50);
    await expect(encoding).rejects.toThrow('aborted by its caller');
  });
});
