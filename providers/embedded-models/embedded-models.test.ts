import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { goWithoutModels } from '../../test/support/without-models';
import { cacheFolder } from '../ladders/cache-folder';
import { climb } from '../ladders/climb';
import { llamaLadder } from '../ladders/llama-ladder';
import { modelFileLadder, modelFiles, modelsFolder } from '../ladders/model-file-ladder';
import { startEmbeddedModels, type EmbeddedModelServer } from './start-embedded-models';

interface Reply {
  choices: { message: { content: string }; finish_reason: string }[];
  usage: { prompt_tokens: number; completion_tokens: number };
  error?: { message: string; code: string };
}

jest.setTimeout(120_000);

let folder: string;
let server: EmbeddedModelServer | undefined;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'optimas-embedded-'));
  const cache = cacheFolder();
  try {
    const { value: runtimeFolder } = await climb(llamaLadder(cache));
    for (const source of modelFiles) await climb(modelFileLadder(cache, source));
    server = await startEmbeddedModels({
      runtimeFolder,
      modelsFolder: modelsFolder(cache),
      logFile: path.join(folder, 'log'),
      recordFile: path.join(folder, 'record.json'),
    });
  } catch (error) {
    goWithoutModels(error, 'the embedded models');
  }
}, 600_000);
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
}, 30_000);

/** The server's URL. Undefined only where the tests may go without the models: then a test says that it checks nothing. */
function availableServer(): string | undefined {
  if (server === undefined) process.stderr.write('\nSKIPPED, NOT TESTED: a test of the embedded models\n');
  return server?.baseURL;
}

const post = (baseURL: string, body: object, signal?: AbortSignal) =>
  fetch(`${baseURL}/chat/completions`, { method: 'POST', body: JSON.stringify(body), ...(signal && { signal }) });

const complete = async (baseURL: string, body: object) => (await (await post(baseURL, body)).json()) as Reply;

const demonstrations = [
  ['Lima', 'Peru'],
  ['Oslo', 'Norway'],
  ['Cairo', 'Egypt'],
  ['Tokyo', 'Japan'],
].flatMap(([capital, country]) => [
  {
    role: 'user',
    content: `Passage: The capital of ${country} is ${capital}.\nQuestion: Which city is the capital of ${country}?`,
  },
  { role: 'assistant', content: capital },
]);

const question = (model: string, capital: string, country: string, more: object = {}) => ({
  model,
  temperature: 0,
  max_tokens: 8,
  messages: [
    { role: 'system', content: 'Answer with the name only.' },
    ...demonstrations,
    {
      role: 'user',
      content: `Passage: The capital of ${country} is ${capital}.\nQuestion: Which city is the capital of ${country}?`,
    },
  ],
  ...more,
});

describe('the embedded models', () => {
  it('answer from the passage', async () => {
    const baseURL = availableServer();
    if (baseURL === undefined) return;
    const reply = await complete(baseURL, question('gemma-3-270m', 'Nairobi', 'Kenya'));
    expect(reply.choices[0]).toMatchObject({ message: { content: 'Nairobi' }, finish_reason: 'stop' });
    expect(reply.usage.prompt_tokens).toBeGreaterThan(80);
    expect(reply.usage.completion_tokens).toBeGreaterThan(1);
  });

  it('give the same reply whatever ran before or beside it', async () => {
    const baseURL = availableServer();
    if (baseURL === undefined) return;
    const countries = [
      ['Bern', 'Switzerland'],
      ['Quito', 'Ecuador'],
      ['Hanoi', 'Vietnam'],
    ] as const;
    const requests = ['gemma-3-270m', 'smollm2-135m-instruct'].flatMap((model) =>
      countries.flatMap(([capital, country], index) => [
        question(model, capital, country),
        question(model, capital, country, { temperature: 1, seed: index }),
        // Starts with the same chunks as its neighbours, and differs in the middle.
        question(model, capital, country, {
          messages: [...demonstrations.slice(2), { role: 'user', content: country }],
        }),
      ]),
    );
    const alone: Reply[] = [];
    for (const request of requests) alone.push(await complete(baseURL, request));
    const together = await Promise.all([...requests].reverse().map((request) => complete(baseURL, request)));
    expect(together.reverse()).toEqual(alone);
  });

  it('draw differently with another seed', async () => {
    const baseURL = availableServer();
    if (baseURL === undefined) return;
    const drawn = await Promise.all(
      [1, 2, 3, 4, 5].map((seed) =>
        complete(baseURL, {
          model: 'smollm2-135m-instruct',
          messages: [{ role: 'user', content: 'Name an animal.' }],
          temperature: 1.5,
          seed,
          max_tokens: 6,
        }),
      ),
    );
    expect(new Set(drawn.map(({ choices }) => choices[0]!.message.content)).size).toBeGreaterThan(1);
  });

  it('honour max_tokens and stop', async () => {
    const baseURL = availableServer();
    if (baseURL === undefined) return;
    const chat = {
      model: 'smollm2-135m-instruct',
      temperature: 0,
      messages: [{ role: 'user', content: 'Count: one, two, three' }],
    };
    const limited = await complete(baseURL, { ...chat, max_tokens: 5 });
    expect(limited.usage.completion_tokens).toBe(5);
    expect(limited.choices[0]!.finish_reason).toBe('length');
    const whole = await complete(baseURL, { ...chat, max_tokens: 20 });
    const stop = whole.choices[0]!.message.content.slice(4, 7);
    const stopped = await complete(baseURL, { ...chat, max_tokens: 20, stop: [stop] });
    expect(stopped.choices[0]).toMatchObject({
      message: { content: whole.choices[0]!.message.content.split(stop)[0]!.trim() },
      finish_reason: 'stop',
    });
  });

  it('stop generating when the client disconnects', async () => {
    const baseURL = availableServer();
    if (baseURL === undefined) return;
    const long = {
      model: 'smollm2-135m-instruct',
      temperature: 1,
      seed: 1,
      max_tokens: 2000,
      messages: [{ role: 'user', content: 'Write a very long story.' }],
    };
    await Promise.all(
      Array.from({ length: 8 }, () =>
        expect(post(baseURL, long, AbortSignal.timeout(300))).rejects.toThrow(/abort|timeout/i),
      ),
    );
    const started = performance.now();
    await complete(baseURL, question('gemma-3-270m', 'Nairobi', 'Kenya'));
    // One of the long replies alone takes longer than this.
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('refuse what they cannot do, and say why', async () => {
    const baseURL = availableServer();
    if (baseURL === undefined) return;
    const refused = async (body: object) => {
      const response = await post(baseURL, body);
      return [response.status, ((await response.json()) as Reply).error?.message];
    };
    expect(await refused(question('gpt-5', 'a', 'b'))).toEqual([
      404,
      expect.stringContaining('this server has smollm2-135m-instruct, gemma-3-270m'),
    ]);
    expect(await refused(question('gemma-3-270m', 'a', 'b', { n: 2 }))).toEqual([
      400,
      expect.stringContaining('one choice per request'),
    ]);
    expect(await refused(question('gemma-3-270m', 'a', 'word '.repeat(4000)))).toEqual([
      400,
      expect.stringContaining('send a shorter prompt'),
    ]);
    expect(await refused({})).toEqual([400, expect.stringContaining('messages')]);
  });
});
