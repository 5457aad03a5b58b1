import { getEventListeners } from 'node:events';
import {
  type ScriptedEndpoint,
  type ScriptedEndpointOptions,
  startScriptedEndpoint,
} from '../../test/support/scripted-endpoint';
import type { EndpointOptions } from './endpoint-options';
import { LanguageModels } from './language-models';

const signal = new AbortController().signal;
const messages = [{ role: 'user' as const, content: 'What is the capital of France?' }];
let endpoint: ScriptedEndpoint | undefined;

async function start(
  scripted: ScriptedEndpointOptions = {},
  options: Partial<EndpointOptions> = {},
): Promise<{ models: LanguageModels; endpoint: ScriptedEndpoint }> {
  endpoint = await startScriptedEndpoint(scripted);
  const models = new LanguageModels(
    { local: { baseURL: endpoint.url, models: { small: { id: 'scripted' } }, ...options } },
    {},
  );
  return { models, endpoint };
}

afterEach(() => endpoint?.close());

describe('LanguageModels.chat', () => {
  it('returns the text with tokens, money and time', async () => {
    const price = { promptPerMillion: 2, completionPerMillion: 10 };
    const { models } = await start(
      { reply: () => 'Paris!!!', latencyMs: 30 },
      { models: { small: { id: 'scripted', price } } },
    );
    const { text, finishReason, usage } = await models.chat({ model: 'small', messages }, { temperature: 0, signal });
    expect([text, finishReason]).toEqual(['Paris!!!', 'stop']);
    expect(usage).toMatchObject({ promptTokens: 8, completionTokens: 2 });
    expect(usage.usd).toBeCloseTo((8 * 2 + 2 * 10) / 1e6, 12);
    expect(usage.latencyMs).toBeGreaterThanOrEqual(29);
  });

  it('estimates tokens where the endpoint counts none, and counts an unpriced model as free', async () => {
    const { models } = await start({ reply: () => 'Paris!!!', usage: false });
    const { usage } = await models.chat({ model: 'small', messages }, { temperature: 0, signal });
    expect(usage).toMatchObject({ promptTokens: 8, completionTokens: 2, usd: 0 });
  });

  it('sends the id, the temperature, and a seed only when there is randomness', async () => {
    const { models, endpoint } = await start();
    await models.chat({ model: 'small', messages }, { temperature: 0.7, seed: 11, signal });
    await models.chat({ model: 'small', messages, temperature: 0.9 }, { temperature: 0, seed: 11, signal });
    expect(endpoint.log.map(({ body }) => body)).toEqual([
      { model: 'scripted', messages, temperature: 0.7, seed: 11 },
      { model: 'scripted', messages, temperature: 0 },
    ]);
  });

  it('sends stop, the JSON wish and the limit of the request, else of the model', async () => {
    const { models, endpoint } = await start({}, { models: { small: { id: 'scripted', maxTokens: 50 } } });
    await models.chat({ model: 'small', messages, maxTokens: 9, stop: ['\n'], json: true }, { temperature: 0, signal });
    await models.chat({ model: 'small', messages }, { temperature: 0, signal });
    expect(endpoint.log[0]?.body).toMatchObject({
      max_tokens: 9,
      stop: ['\n'],
      response_format: { type: 'json_object' },
    });
    expect(endpoint.log[1]?.body).toMatchObject({ max_tokens: 50 });
  });

  it('sends the key and its own headers, and no Authorization at all without a key', async () => {
    const seen: (string | undefined)[] = [];
    const fault = (request: { headers: Record<string, unknown> }) => seen.push(request.headers['x-team'] as string) < 0;
    const { models, endpoint } = await start(
      { apiKey: 'canary-1', faults: [{ when: fault, fault: { type: 'quota' } }] },
      { apiKey: 'canary-1', headers: { 'X-Team': 'blue' } },
    );
    await models.chat({ model: 'small', messages }, { temperature: 0, signal });
    expect(seen).toEqual(['blue']);
    const keyless = new LanguageModels(
      { local: { baseURL: endpoint.url, models: { small: {} } } },
      { OPENAI_API_KEY: 'canary-1' },
    );
    await expect(keyless.chat({ model: 'small', messages }, { temperature: 0, signal })).rejects.toThrow(
      "endpoint 'local' wants a key for model 'small' (401) and none is set: set apiKey of endpoint 'local'",
    );
  });

  it('finds URL and key in OPENAI_BASE_URL and OPENAI_API_KEY', async () => {
    const { endpoint } = await start({ apiKey: 'canary-2', reply: () => 'yes' });
    const environment = { OPENAI_BASE_URL: endpoint.url, OPENAI_API_KEY: 'canary-2' };
    const models = new LanguageModels({ openai: { models: { small: {} } } }, environment);
    expect((await models.chat({ model: 'small', messages }, { temperature: 0, signal })).text).toBe('yes');
  });

  it('keeps to the concurrency of the endpoint, and answers every caller with its own reply', async () => {
    const { models, endpoint } = await start(
      { latencyMs: 15, reply: (request) => `re: ${request.messages[0]?.content}` },
      { concurrency: 3 },
    );
    const questions = Array.from({ length: 12 }, (_, index) => `question ${index}`);
    const began = performance.now();
    const replies = await Promise.all(
      questions.map((content) =>
        models.chat({ model: 'small', messages: [{ role: 'user', content }] }, { temperature: 0, signal }),
      ),
    );
    const elapsedMs = performance.now() - began;
    expect(replies.map(({ text }) => text)).toEqual(questions.map((question) => `re: ${question}`));
    expect(endpoint.requests.peakInFlight).toBe(3);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    // Waiting for a slot is not the model's time: three slots cannot be busy for longer than three times the clock.
    const busyMs = replies.reduce((sum, { usage }) => sum + usage.latencyMs, 0);
    expect(busyMs).toBeLessThanOrEqual(3 * elapsedMs + replies.length);
  });
});

describe('LanguageModels.embed', () => {
  it('gives one vector per text in order, priced by its tokens', async () => {
    const price = { promptPerMillion: 1, completionPerMillion: 0 };
    const { models } = await start({ embed: (text) => [text.length, 1] }, { models: { vectors: { price } } });
    const { vectors, usage } = await models.embed({ model: 'vectors', texts: ['a', 'bbb'] }, { signal });
    expect(vectors).toEqual([
      [1, 1],
      [3, 1],
    ]);
    expect(usage).toMatchObject({ promptTokens: 1, completionTokens: 0, usd: 1e-6 });
  });

  it('makes no request for no text', async () => {
    const { models, endpoint } = await start();
    expect((await models.embed({ model: 'small', texts: [] }, { signal })).vectors).toEqual([]);
    expect(endpoint.requests.total).toBe(0);
  });
});

describe('LanguageModels by name', () => {
  it('describes a model', async () => {
    const { models, endpoint } = await start({}, { pure: true });
    expect(models.names).toEqual(['small']);
    expect([models.has('small'), models.has('scripted')]).toEqual([true, false]);
    expect(models.describe('small')).toEqual({
      endpoint: 'local',
      baseURL: endpoint.url,
      identity: endpoint.url,
      id: 'scripted',
      pure: true,
      maxTokens: undefined,
      price: undefined,
    });
  });

  it('answers an unknown name with the known ones', async () => {
    const { models } = await start();
    const unknown = models.chat({ model: 'smal', messages }, { temperature: 0, signal });
    await expect(unknown).rejects.toThrow("no model is named 'smal': known are small; did you mean 'small'?");
    await expect(unknown).rejects.toMatchObject({ name: 'DefinitionError' });
    expect(() => new LanguageModels({}, {}).describe('small')).toThrow('the configuration has no endpoints');
  });
});

describe('LanguageModels.ping', () => {
  it('says which models an endpoint serves and which it lacks', async () => {
    const { models, endpoint } = await start(
      { models: ['scripted'] },
      { models: { small: { id: 'scripted' }, big: {} } },
    );
    const expected = { endpoint: 'local', baseURL: endpoint.url, served: ['scripted'] };
    expect(await models.ping('local')).toMatchObject({ ...expected, missing: ['big'] });
    expect(await models.ping('small')).toMatchObject({ ...expected, missing: [] });
  });

  it('takes a server without a list of models for alive, and a refused key for a failure', async () => {
    const { models, endpoint } = await start({
      faults: [{ when: 'always', fault: { type: 'reply', status: 404, body: { detail: 'Not Found' } } }],
    });
    expect(await models.ping('local')).toMatchObject({ served: undefined, missing: [] });
    endpoint.setFaults([{ when: 'always', fault: { type: 'unauthorized' } }]);
    await expect(models.ping('local')).rejects.toMatchObject({ kind: 'systematic', status: 401 });
    await expect(models.ping('locl')).rejects.toThrow("did you mean 'local'?");
  });
});
