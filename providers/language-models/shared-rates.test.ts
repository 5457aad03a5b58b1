import { until } from '../../test/support/until';
import { startScriptedEndpoint, type FaultRule, type ScriptedEndpoint } from '../../test/support/scripted-endpoint';
import type { CallRate } from '../../core/run/call-rate';
import { CallLine, type CallRates } from './call-line';
import { Endpoint } from './endpoint';
import type { EndpointOptions } from './endpoint-options';
import { LanguageModels } from './language-models';
import { untouched } from './token-bucket';

jest.setTimeout(60_000);

const never = new AbortController().signal;

/** What a database does, without one: the same rows for all workers of a test. */
class MemoryRates implements CallRates {
  readonly rows = new Map<string, { version: number; rate: CallRate }>();
  reads = 0;
  writes = 0;
  fault: Error | undefined;
  /** Held back until this settles: a write that closes the endpoint. */
  closing: Promise<void> | undefined;

  now(): number {
    return Date.now();
  }

  /** The same rows for a worker whose clock is some hours ahead (behind: negative). */
  shifted(hours: number): CallRates {
    return {
      now: () => Date.now() + hours * 3_600_000,
      read: (name) => this.read(name),
      replace: (...change) => this.replace(...change),
    };
  }

  async read(endpoint: string) {
    this.reads++;
    if (this.fault !== undefined) throw this.fault;
    return this.rows.get(endpoint);
  }

  async replace(endpoint: string, version: number | undefined, rate: CallRate) {
    this.writes++;
    if (rate.closedUntil > Date.now()) await this.closing;
    if (this.rows.get(endpoint)?.version !== version) return false;
    this.rows.set(endpoint, { version: (version ?? 0) + 1, rate });
    return true;
  }
}

let endpoint: ScriptedEndpoint;
let rates: MemoryRates;
beforeEach(async () => {
  endpoint = await startScriptedEndpoint({ latencyMs: 5 });
  rates = new MemoryRates();
});
afterEach(() => endpoint.close());

const worker = (more: Partial<EndpointOptions> = {}, shared: CallRates | undefined = rates) =>
  new LanguageModels({ e: { baseURL: endpoint.url, models: { small: {} }, concurrency: 32, ...more } }, {}, shared);

const ask = (models: LanguageModels, text: string, signal = never, maxTokens = 10) =>
  models.chat({ model: 'small', messages: [{ role: 'user', content: text }], maxTokens }, { temperature: 0, signal });

async function timed(work: Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work;
  return performance.now() - began;
}

const many = (models: LanguageModels, count: number) =>
  Promise.all(Array.from({ length: count }, (_, index) => ask(models, `call ${index}`)));

const refusals = (times: number, retryAfterMs?: number): FaultRule[] => [
  {
    when: 'always',
    times,
    fault: { type: 'rate-limit', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
  },
];

describe('workers that share an endpoint', () => {
  it('keep to its requests a minute together, and ask the database far less often than they call', async () => {
    const limits = { requestsPerMinute: 600 };
    // 30 at once, then 10 a second.
    const took = await timed(Promise.all([many(worker(limits), 25), many(worker(limits), 25)]));
    expect(took).toBeGreaterThan(1_800);
    expect(endpoint.requests.total).toBe(50);
    expect(rates.reads).toBeLessThan(40);
    expect(rates.writes).toBeLessThan(30);
  });

  it('keep to its tokens a minute by what was really used', async () => {
    const models = worker({ tokensPerMinute: 6_000 });
    // Each is counted with 1,000 tokens before, which are 10 s of the rate, and turns out to have a dozen.
    for (const text of ['one', 'two', 'three']) {
      expect(await timed(ask(models, text, never, 1_000))).toBeLessThan(3_000);
    }
    // These really have 1,000: the second waits until the first is paid off but for the 3 s that may be borrowed.
    const long = (text: string) => text.padEnd(4_000, ' word');
    await ask(models, long('four'));
    await expect(ask(models, long('five'), AbortSignal.timeout(1_500))).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('are all held up by the Retry-After that one of them meets, and lose no call', async () => {
    const [one, other] = [worker(), worker()];
    await ask(other, 'before');
    endpoint.setFaults(refusals(1, 4_000));
    const first = ask(one, 'refused');
    while (endpoint.requests.faults === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    // The other worker looks again within a second.
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    const second = timed(ask(other, 'held up'));
    expect((await first).text).not.toBe('');
    expect(await second).toBeGreaterThan(1_000);
    expect(endpoint.requests).toMatchObject({ total: 4, faults: 1 });
  });

  it.each([5, -5])('are held up by it also where the clock of one is %i hours off', async (hours) => {
    const [one, other] = [worker(), worker({}, rates.shifted(hours))];
    await Promise.all([ask(one, 'before'), ask(other, 'before too')]);
    endpoint.setFaults(refusals(1, 6_000));
    const first = ask(one, 'refused');
    await until(() => rates.writes > 0);
    // The other worker looks again within a second.
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    const second = timed(ask(other, 'held up'));
    expect((await first).text).not.toBe('');
    expect(await second).toBeGreaterThan(1_000);
    expect(endpoint.requests).toMatchObject({ total: 5, faults: 1 });
  });

  it.each([5, -5])('keep to the rate where the clock of one is %i hours off', async (hours) => {
    const limits = { requestsPerMinute: 600 };
    const [one, other] = [worker(limits), worker(limits, rates.shifted(hours))];
    // The first look of each may find the 30 calls that go at once; no look does after that.
    for (const models of [one, other]) await many(models, 31);
    const took = await timed(Promise.all([many(one, 15), many(other, 15)]));
    expect(took).toBeGreaterThan(2_000);
  });

  it('halve their rate after a 429 that does not say how long', async () => {
    const models = worker();
    await many(models, 20);
    endpoint.setFaults(refusals(3));
    await many(models, 3);
    const [row] = [...rates.rows.values()];
    expect(row?.rate.reducedRate).toBeCloseTo((row?.rate.ceiling ?? 0) / 2, 6);
    expect(endpoint.requests).toMatchObject({ total: 26, faults: 3 });
  });

  it('give the call up after a bounded number and time of 429s, with what the endpoint said', async () => {
    endpoint.setFaults(refusals(1_000, 5));
    const options = { baseURL: endpoint.url, models: { small: {} } };
    const patience = { refusals: 3, usualMs: 0, longestMs: 600_000 };
    const impatient = new Endpoint('e', options, {}, rates, patience);
    const call = impatient.call(
      { model: { name: 'small', id: 'small' }, signal: never, tokens: 1 },
      (client, sending) => client.models.list(sending),
      () => 'x',
    );
    await expect(call).rejects.toMatchObject({ kind: 'retryable', status: 429, retryAfterMs: 5 });
    expect(endpoint.requests.total).toBe(4);
    endpoint.setFaults(refusals(1, 11 * 60_000));
    const began = performance.now();
    await expect(ask(worker({ identity: 'other' }), 'x')).rejects.toMatchObject({ retryAfterMs: 660_000 });
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it.each([0, undefined])('wait before they call again where Retry-After is %s', async (retryAfterMs) => {
    endpoint.setFaults(refusals(1, retryAfterMs));
    expect(await timed(ask(worker(), 'x'))).toBeGreaterThan(490);
    const [row] = [...rates.rows.values()];
    expect(row?.rate.reducedRate).not.toBeNull();
  });

  it.each([{}, { requests: 60_000 }])(
    'sleep while the endpoint is closed, also before the database knows of it, with limits %j',
    async (limits) => {
      const line = new CallLine(rates, 'e', limits);
      await line.enter(1, never);
      const { reads, writes } = rates;
      let write = (): void => {};
      rates.closing = new Promise((resolve) => (write = resolve));
      const refused = line.refused(900, 0);
      const entering = timed(line.enter(1, never));
      const controller = new AbortController();
      const cancelled = line.enter(1, controller.signal);
      // A loop that does not sleep would let no timer fire.
      expect(await timed(new Promise((resolve) => setTimeout(resolve, 20)))).toBeLessThan(600);
      controller.abort(new Error('paused'));
      await expect(cancelled).rejects.toThrow('paused');
      write();
      await refused;
      expect(await entering).toBeGreaterThan(850);
      // The refusal, and one turn after the reopening.
      expect(rates.reads - reads).toBeLessThan(6);
      expect(rates.writes - writes).toBeLessThan(5);
    },
  );

  it('do not take an endpoint for open by what was read before it refused a call', async () => {
    const line = new CallLine(rates, 'e', {});
    const entering = timed(line.enter(1, never));
    const refused = line.refused(900, 0);
    expect(await timed(new Promise((resolve) => setTimeout(resolve, 20)))).toBeLessThan(600);
    await refused;
    expect(await entering).toBeGreaterThan(850);
  });

  it('wait before the time limit of the call begins', async () => {
    endpoint.setFaults(refusals(1, 3_500));
    expect((await ask(worker({ timeoutMs: 2_000 }), 'x')).text).not.toBe('');
  });

  it('stop waiting when their caller aborts, and leave the place to the next', async () => {
    rates.rows.set(new URL(endpoint.url).href, {
      version: 1,
      rate: { ...untouched, closedUntil: Date.now() + 600, updatedAt: Date.now() },
    });
    const models = worker({ concurrency: 1 });
    const controller = new AbortController();
    const waiting = ask(models, 'x', controller.signal);
    const next = ask(models, 'y');
    setTimeout(() => controller.abort(new Error('paused')), 50);
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError', cause: { message: 'paused' } });
    expect((await next).text).not.toBe('');
    expect(endpoint.requests.total).toBe(1);
  });

  it('do not wait for ever when the database fails: the call fails as the database does', async () => {
    rates.fault = new Error('the database is away');
    await expect(ask(worker(), 'x')).rejects.toThrow('the database is away');
    rates.fault = undefined;
    expect((await ask(worker(), 'x')).text).not.toBe('');
  });

  it('without a shared place for rates get the 429 at once, as before', async () => {
    endpoint.setFaults(refusals(1, 5));
    const alone = new LanguageModels({ e: { baseURL: endpoint.url, models: { small: {} } } }, {});
    await expect(ask(alone, 'x')).rejects.toMatchObject({ status: 429 });
    expect(endpoint.requests.total).toBe(1);
  });
});
