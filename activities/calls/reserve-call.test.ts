import type { Limits } from '../../core/run/budget';
import { DefinitionError } from '../../core/system/definition-error';
import { LanguageModels, type EndpointModel } from '../../providers/language-models';
import { storesOf, type Stores } from '../../storage';
import { TemporaryFolder } from '../../storage/testing/temporary-folder';
import { startScriptedEndpoint, type ScriptedEndpoint } from '../../test/support/scripted-endpoint';
import { BudgetExhausted } from './budget-exhausted';
import { BudgetShareReached } from './budget-share-reached';
import { recordedModels } from './recorded-models';

const price = { promptPerMillion: 0, completionPerMillion: 1_000 };
const never = new AbortController().signal;
const nothing = { calls: 0, tokens: 0, usd: 0 };

let folder: TemporaryFolder;
let endpoint: ScriptedEndpoint;
let stores: Stores;
beforeEach(async () => {
  folder = await TemporaryFolder.create();
  stores = storesOf(await folder.open());
  endpoint = await startScriptedEndpoint({ reply: () => 'x'.repeat(40) });
});
afterEach(async () => {
  await endpoint.close();
  await folder.remove();
});

function modelsOf(
  limits: Limits,
  small: EndpointModel = { price, maxTokens: 100 },
  signal = never,
  timeoutMs = 30_000,
) {
  const languageModels = new LanguageModels({ e: { baseURL: endpoint.url, models: { small }, timeoutMs } }, {});
  const meter = { ...stores, runId: 'r', languageModels, limits, priority: 3, scope: '' };
  return recordedModels(meter, { role: 'x', seed: 1, draw: 'd', signal });
}

const ask = (models: ReturnType<typeof modelsOf>, content: string) =>
  models.chat({ model: 'small', messages: [{ role: 'user', content }] });

describe('a call under a limit', () => {
  it('is not sent when its worst case does not fit, and is when others gave back what they did not need', async () => {
    // At most 0.1 dollars each, really 0.01.
    const models = modelsOf({ usd: 0.15 });
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((text) => ask(models, text)));
    expect(endpoint.requests.peakInFlight).toBe(1);
    await ask(models, 'f');
    await expect(ask(models, 'g')).rejects.toThrow(
      '0.0600 of 0.1500 US dollars are spent, and the next call may cost 0.1000',
    );
    expect(models.failure).toBeInstanceOf(BudgetExhausted);
    expect(endpoint.requests.total).toBe(6);
    expect(await stores.reservations.reserved('r')).toEqual(nothing);
  });

  it('costs nothing when the memo answers it, also at the limit', async () => {
    await ask(modelsOf({ calls: 1 }), 'a');
    expect((await ask(modelsOf({ calls: 1 }), 'a')).text).toHaveLength(40);
    await expect(ask(modelsOf({ calls: 1 }), 'b')).rejects.toThrow('1 of 1 calls are made');
  });

  it.each(['server-error', 'hang', 'drop', 'malformed'] as const)(
    'gives back what it held when it meets a %s',
    async (type) => {
      endpoint.setFaults([{ when: 'always', fault: { type } }]);
      const timeoutMs = type === 'hang' ? 300 : undefined;
      await expect(ask(modelsOf({ usd: 1 }, undefined, never, timeoutMs), 'a')).rejects.toMatchObject({
        kind: 'retryable',
      });
      expect(await stores.reservations.reserved('r')).toEqual(nothing);
    },
  );

  it('is charged when its reply is useless and says what it used, so that the money limit sees it', async () => {
    const body = { choices: [{ message: { content: null } }], usage: { prompt_tokens: 9, completion_tokens: 100 } };
    endpoint.setFaults([{ when: 'always', fault: { type: 'reply', status: 200, body } }]);
    // Each attempt costs 0.1 dollars; the last one would pass the limit.
    const models = () => modelsOf({ usd: 0.25 });
    await expect(ask(models(), 'a')).rejects.toMatchObject({ kind: 'retryable', status: 200 });
    await expect(ask(models(), 'a')).rejects.toMatchObject({ kind: 'retryable', status: 200 });
    await expect(ask(models(), 'a')).rejects.toThrow('0.2000 of 0.2500 US dollars are spent');
    expect(endpoint.requests.total).toBe(2);
    const [line, ...others] = await stores.spend.breakdown('r');
    expect(line).toMatchObject({ kind: 'chat', role: 'x', model: 'small', calls: 2 });
    expect(line).toMatchObject({ promptTokens: 18, completionTokens: 200 });
    expect(others).toEqual([]);
    expect(await stores.reservations.reserved('r')).toEqual(nothing);
  });

  it('waits for calls in flight instead of declaring the budget used up, until it is cancelled', async () => {
    const limits = { calls: 1 };
    const other = await stores.reservations.tryReserve('r', { ...nothing, calls: 1 }, limits);
    const controller = new AbortController();
    const cancelled = ask(modelsOf(limits, {}, controller.signal), 'a');
    const waiting = ask(modelsOf(limits, {}), 'b');
    setTimeout(() => controller.abort(new Error('paused')), 50);
    await expect(cancelled).rejects.toThrow('paused');
    expect(endpoint.requests.total).toBe(0);
    await other?.release();
    expect((await waiting).text).toHaveLength(40);
  });

  it('is not sent for a run that has ended: a worker that is cut off from Temporal does not know', async () => {
    await stores.runs.create({ runId: 'r', system: 's', seed: 1, status: 'running', definitionHash: 'd', input: null });
    await ask(modelsOf({ usd: 1 }), 'a');
    await stores.runs.finish('r', { status: 'completed', result: {} });
    const models = modelsOf({ usd: 1 });
    await expect(ask(models, 'b')).rejects.toThrow("run 'r' has ended");
    // Also where the component swallows it: it never becomes a score.
    expect(models.failure).toMatchObject({ kind: 'systematic' });
    expect(endpoint.requests.total).toBe(1);
    expect((await ask(modelsOf({ usd: 1 }), 'a')).text).toHaveLength(40);
  });

  it('needs a longest reply where money is limited and the model costs some', async () => {
    await expect(ask(modelsOf({ usd: 5 }, { price }), 'a')).rejects.toThrow(
      /model 'small' has a price.*says no maxTokens.*limit of 5\.00 US dollars/,
    );
    expect(endpoint.requests.total).toBe(0);
    await ask(modelsOf({ usd: 5 }, {}), 'a');
    await ask(modelsOf({ calls: 5 }, { price }), 'b');
  });

  it.each([1.5, NaN, Infinity, -1, 0, '64', null])('is not sent with maxTokens %p', async (maxTokens) => {
    const models = modelsOf({ usd: 5 });
    const messages = [{ role: 'user' as const, content: 'a' }];
    const asked = models.chat({ model: 'small', messages, maxTokens: maxTokens as number });
    await expect(asked).rejects.toThrow(/^'x': its call of model 'small' has maxTokens .*; expected a whole number/);
    await expect(asked).rejects.toThrow(String(maxTokens));
    // Also where the component swallows it.
    expect(models.failure).toBeInstanceOf(DefinitionError);
    expect(endpoint.requests.total).toBe(0);
  });

  it('is not sent once the share is reached at which the run is to pause', async () => {
    await ask(modelsOf({}), 'a');
    const models = modelsOf({ calls: 2, pauseAt: 0.5, pauseAbove: { calls: 1 } });
    await expect(ask(models, 'b')).rejects.toThrow(
      /^50 % of the limit of calls is reached: 1 calls, \d+ tokens and 0\.0100 US dollars are spent; optimas resume/,
    );
    expect(models.failure).toBeInstanceOf(BudgetShareReached);
    await ask(modelsOf({ calls: 2, pauseAt: 0.5 }), 'b');
  });
});
