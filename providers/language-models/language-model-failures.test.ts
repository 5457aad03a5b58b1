import { inspect } from 'node:util';
import { InfrastructureError } from '../../core/system/infrastructure-error';
import { type Fault, type ScriptedEndpoint, startScriptedEndpoint } from '../../test/support/scripted-endpoint';
import { BilledFailure } from './billed-failure';
import { LanguageModels } from './language-models';

const KEY = 'canary-key-5d41402abc4b2a76b9719d911017c592';
const HEADER = 'canary-header-7d793037a0760186574b0282f2f435e7';
const messages = [{ role: 'user' as const, content: 'hello' }];
const never = new AbortController().signal;

let endpoint: ScriptedEndpoint;
let models: LanguageModels;

beforeEach(async () => {
  endpoint = await startScriptedEndpoint({ apiKey: KEY });
  models = languageModels(endpoint.url);
});

afterEach(() => endpoint.close());

function languageModels(baseURL: string, timeoutMs = 10_000): LanguageModels {
  const small = { id: 'scripted', price: { promptPerMillion: 1, completionPerMillion: 1 } };
  const local = {
    baseURL,
    apiKey: KEY,
    headers: { 'x-secret': HEADER },
    models: { small },
    timeoutMs,
    concurrency: 1,
  };
  return new LanguageModels({ local }, { LOCAL_KEY: KEY });
}

/** The failure of one chat call, after searching all of it for the secrets. */
async function failure(of: LanguageModels = models, signal: AbortSignal = never): Promise<InfrastructureError> {
  const error: unknown = await of.chat({ model: 'small', messages }, { temperature: 0, signal }).then(
    () => Promise.reject(new Error('the call should have failed')),
    (thrown: unknown) => thrown,
  );
  const everything = [
    inspect(error, { depth: 20, showHidden: true, getters: true }),
    JSON.stringify(error),
    (error as Error).stack,
    ((error as Error).cause as Error | undefined)?.stack,
  ].join('\n');
  expect(everything).not.toContain('canary-key');
  expect(everything).not.toContain('canary-header');
  return error as InfrastructureError;
}

function meet(fault: Fault): Promise<InfrastructureError> {
  endpoint.setFaults([{ when: 'always', fault }]);
  // Only a hang may meet the short limit: a busy machine is slow to answer anything.
  return failure(fault.type.startsWith('hang') ? languageModels(endpoint.url, 150) : models);
}

const reply = (status: number, body: unknown = {}, headers = {}): Fault => ({ type: 'reply', status, body, headers });

describe('failures of an endpoint', () => {
  it.each<[string, Fault, Partial<InfrastructureError>, string]>([
    [
      '429',
      { type: 'rate-limit', retryAfter: 7 },
      { kind: 'retryable', status: 429, retryAfterMs: 7000 },
      "limits the rate for model 'small' (429)",
    ],
    ['429 in ms', { type: 'rate-limit', retryAfterMs: 40 }, { kind: 'retryable', retryAfterMs: 40 }, '(429)'],
    ['503', reply(503, {}, { 'retry-after': '1' }), { kind: 'retryable', status: 503, retryAfterMs: 1000 }, '(503)'],
    ['quota', { type: 'quota' }, { kind: 'systematic', status: 429, retryAfterMs: undefined }, 'has no quota left'],
    ['402', reply(402, { error: 'pay' }), { kind: 'systematic', status: 402 }, 'it said: pay'],
    [
      '401',
      { type: 'unauthorized' },
      { kind: 'systematic', status: 401 },
      "endpoint 'local' refused the key for model 'small' (401): check LOCAL_KEY",
    ],
    ['403', reply(403), { kind: 'systematic', status: 403 }, 'check what the key in LOCAL_KEY may use'],
    [
      '500',
      { type: 'server-error' },
      { kind: 'retryable', status: 500 },
      "endpoint 'local' failed for model 'small' (500)",
    ],
    ['408', reply(408), { kind: 'retryable', status: 408 }, '(408)'],
    ['409', reply(409), { kind: 'retryable', status: 409 }, '(409)'],
    ['400', reply(400, { detail: 'too long' }), { kind: 'permanent', status: 400 }, 'it said: too long'],
    ['404', reply(404), { kind: 'permanent', status: 404 }, "check model id 'scripted' or baseURL http://127.0.0.1"],
    ['422', reply(422, { message: 'bad field' }), { kind: 'permanent', status: 422 }, 'it said: bad field'],
    ...[406, 413, 414, 431].map((status): [string, Fault, Partial<InfrastructureError>, string] => [
      String(status),
      reply(status),
      { kind: 'permanent', status },
      'correct the request',
    ]),
    ...[405, 410, 451].map((status): [string, Fault, Partial<InfrastructureError>, string] => [
      String(status),
      reply(status),
      { kind: 'systematic', status },
      'that the model is still offered',
    ]),
    [
      '500 in HTML',
      reply(500, '<html>canary-key is gone</html>'.replace('canary-key', KEY)),
      { kind: 'retryable' },
      '(500)',
    ],
    [
      'half a body',
      { type: 'malformed' },
      { kind: 'retryable', status: 200 },
      "malformed reply for model 'small' (200): the body is not JSON",
    ],
    ['an empty body', { type: 'malformed', body: '' }, { kind: 'retryable' }, 'the body is empty'],
    ['no choices', { type: 'malformed', body: '{"choices": []}' }, { kind: 'retryable' }, 'it has no choices'],
    [
      'a lost connection',
      { type: 'drop' },
      { kind: 'retryable', status: undefined },
      'cannot be reached at http://127.0.0.1',
    ],
    [
      'a hang',
      { type: 'hang' },
      { kind: 'retryable', status: undefined },
      "gave no complete reply for model 'small' within 150 ms",
    ],
    [
      'a 500 whose body hangs',
      { type: 'hang-after-headers', status: 500 },
      { kind: 'retryable', status: 500 },
      '(500)',
    ],
    ['a hang after the headers', { type: 'hang-after-headers' }, { kind: 'retryable' }, 'within 150 ms'],
  ])('%s', async (_, fault, expected, text) => {
    const error = await meet(fault);
    expect(InfrastructureError.isInstance(error)).toBe(true);
    expect(error).toMatchObject(expected);
    expect(error.message).toContain(text);
    // Retries belong to the caller.
    expect(endpoint.requests.total).toBe(1);
  });

  it('has a price where its reply cannot be used and says what it used', async () => {
    const body = { choices: [{ message: { content: null } }], usage: { prompt_tokens: 10, completion_tokens: 2_000 } };
    const error = await meet(reply(200, body));
    expect(error).toBeInstanceOf(BilledFailure);
    expect(error).toMatchObject({ kind: 'retryable', status: 200, name: 'InfrastructureError' });
    const { usage } = error as BilledFailure;
    expect(usage).toMatchObject({ promptTokens: 10, completionTokens: 2_000 });
    expect(usage.usd).toBeCloseTo(0.00201, 9);
    expect(await meet(reply(200, { choices: [] }))).not.toBeInstanceOf(BilledFailure);
  });

  it('names the code of a connection that nobody accepts', async () => {
    const { url } = endpoint;
    await endpoint.close();
    const error = await failure(languageModels(url));
    expect(error).toMatchObject({ kind: 'retryable', status: undefined });
    expect(error.message).toContain('(ECONNREFUSED): check that it is running');
    endpoint = await startScriptedEndpoint();
  });

  it('frees the slot after every failure', async () => {
    const impatient = languageModels(endpoint.url, 1000);
    for (const type of ['server-error', 'malformed', 'hang', 'drop'] as const) {
      endpoint.setFaults([{ when: 'always', fault: { type } }]);
      await failure(impatient);
    }
    endpoint.setFaults([]);
    const answer = await impatient.chat({ model: 'small', messages }, { temperature: 0, signal: never });
    expect(answer.text).not.toBe('');
  });
});

describe('the key', () => {
  it.each([400, 401, 403, 404, 429, 500])('is taken out of what the server echoes with %i', async (status) => {
    const padding = 'x'.repeat(290);
    await meet(reply(status, { error: { message: `Incorrect key ${KEY} and ${HEADER}`, code: KEY, param: KEY } }));
    // Straddling the place where a long detail is cut.
    await meet(reply(status, { error: { message: `${padding}${KEY}` } }));
    const error = await meet(reply(status, { unexpected: [KEY] }, { 'x-request-id': KEY, 'retry-after': KEY }));
    expect(error.retryAfterMs).toBeUndefined();
  });

  it.each([
    ['no JSON', KEY, 'retryable'],
    ['a wrapped error', JSON.stringify({ error: { message: KEY, code: 401 } }), 'systematic'],
    ['no content', JSON.stringify({ choices: [{ message: { content: null, key: KEY } }] }), 'retryable'],
  ])('is taken out of a good status with %s', async (_, body, kind) => {
    expect(await meet({ type: 'malformed', body })).toMatchObject({ kind });
  });

  it('is not in a printed or serialized LanguageModels', () => {
    const printed = inspect(models, { depth: 20, showHidden: true }) + JSON.stringify(models);
    expect(printed).not.toContain('canary');
  });

  it('is not printed by the client either, even at its debug level', async () => {
    const before = process.env['OPENAI_LOG'];
    process.env['OPENAI_LOG'] = 'debug';
    const printed: unknown[] = [];
    const spies = (['debug', 'info', 'warn', 'error', 'log'] as const).map((level) =>
      jest.spyOn(console, level).mockImplementation((...line) => void printed.push(...line)),
    );
    try {
      await languageModels(endpoint.url).chat({ model: 'small', messages }, { temperature: 0, signal: never });
    } finally {
      spies.forEach((spy) => spy.mockRestore());
      if (before === undefined) delete process.env['OPENAI_LOG'];
      else process.env['OPENAI_LOG'] = before;
    }
    expect(printed).toEqual([]);
  });
});

describe('aborting', () => {
  const hang: Fault[] = [{ type: 'hang' }, { type: 'hang-after-headers' }];

  it.each(hang)('ends a call that meets a $type with an AbortError', async (fault) => {
    endpoint.setFaults([{ when: 'always', fault }]);
    const controller = new AbortController();
    const reason = new Error('the run was cancelled');
    const call = failure(models, controller.signal);
    setTimeout(() => controller.abort(reason), 40);
    expect(await call).toMatchObject({ name: 'AbortError', cause: reason });
  });

  it('ends a call that waits for a slot, and one that has not begun', async () => {
    endpoint.setFaults([{ when: 'always', fault: { type: 'hang' } }]);
    const controller = new AbortController();
    const impatient = languageModels(endpoint.url, 500);
    const first = failure(impatient);
    const waiting = failure(impatient, controller.signal);
    controller.abort();
    expect(await waiting).toMatchObject({ name: 'AbortError' });
    expect(await failure(models, AbortSignal.abort())).toMatchObject({ name: 'AbortError' });
    // The call that holds the only slot is still the only one that was sent.
    expect(await first).toMatchObject({ kind: 'retryable' });
    expect(endpoint.requests.total).toBe(1);
  });
});
