import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { z } from 'zod';
import { resolveSystem } from '../activities/definition/resolve-system';
import { randomStream } from '../core/random/stream';
import { defaultPlan } from '../core/run/plan';
import { readOwnProposals } from '../core/search/read-own-proposals';
import { checkConfiguration } from '../core/system/configuration';
import { directCaller } from '../core/system/direct-caller';
import { InfrastructureError } from '../core/system/infrastructure-error';
import type { ChatRequest, ModelClients } from '../core/system/run-context';
import type { Draw } from '../core/system/draw';
import * as optimas from '../index';

const root = path.join(__dirname, '..');
const run = promisify(execFile);
const signal = new AbortController().signal;

let folder = '';
let page = '';
const files = new Map<string, string>();
/** JSON blocks in the order of the page. */
let json: unknown[] = [];

beforeAll(async () => {
  page = await readFile(path.join(__dirname, 'definition-api.md'), 'utf8');
  for (const [, name, text] of page.matchAll(/```ts\n\/\/ (\S+\.ts)\n([\s\S]*?)```/g)) {
    files.set(name as string, text as string);
  }
  json = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => JSON.parse(text as string) as unknown);
  folder = await mkdtemp(path.join(tmpdir(), 'optimas-docs-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a file of the page as an application would, and gives its default export. */
async function defaultExport<T>(name: string): Promise<T> {
  const { code } = await transform(files.get(name) as string, { loader: 'ts', format: 'cjs', target: 'node20' });
  const module = { exports: {} as { default?: T } };
  const load = (specifier: string): unknown => {
    if (specifier === 'optimas') return optimas;
    if (specifier === 'zod') return { z };
    throw new Error(`${name} imports ${specifier}, which the page does not explain`);
  };
  // oxlint-disable-next-line typescript/no-implied-eval -- the code is this repository's own page
  new Function('module', 'exports', 'require', code)(module, module.exports, load);
  return module.exports.default as T;
}

/** A model that finds the answers of the page's examples in what it is shown. */
const scripted: ModelClients = {
  chat: async ({ messages }: ChatRequest) => {
    const shown = messages.map(({ content }) => content).join('\n');
    const text =
      ['yes or no', 'five days', 'Leipzig'].find((part) => shown.includes(part)) ?? 'The match was called off.';
    const usage = { promptTokens: 10, completionTokens: 2, usd: 0.01, latencyMs: 1 };
    return { text: text === 'yes or no' ? 'Yes.' : text, finishReason: 'stop', usage };
  },
  embed: () => Promise.reject(new Error('no example embeds')),
};

type DryRun = (
  system: optimas.System,
  example: optimas.Example,
  models?: ModelClients,
) => Promise<{ score: optimas.ScoredTrace }>;

/** Scores of a system's test examples by the page's own dry run. */
async function scores(system: optimas.System): Promise<Record<string, number>> {
  const { examples } = await resolveSystem(system);
  const dryRun = await defaultExport<DryRun>('dry-run.ts');
  const found: Record<string, number> = {};
  for (const example of examples.test) {
    const { score } = await dryRun(system, example, scripted);
    expect(score.failure).toBeUndefined();
    found[example.id] = score.score;
  }
  return found;
}

describe('the examples of the page', () => {
  it('are typed', async () => {
    for (const [name, text] of files) await writeFile(path.join(folder, name), text);
    await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    await writeFile(
      path.join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: path.join(root, 'tsconfig.json'),
        compilerOptions: { rootDir: '/', types: ['node'], paths: { optimas: [path.join(root, 'index.ts')] } },
        include: ['*.ts'],
        exclude: [],
      }),
    );
    const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const { stdout } = await run(process.execPath, [compiler, '-p', folder]).catch(
      (error) => error as { stdout: string },
    );
    expect(stdout).toBe('');
  }, 60_000);

  it('run: a system with a retriever and an answerer', async () => {
    expect(await scores(await defaultExport('support-qa.ts'))).toEqual({ 'test-refund': 1, 'test-ship': 1 });
  });

  it('run: conditional components, wired by name and explicitly', async () => {
    const triage = await defaultExport<optimas.System>('triage.ts');
    expect(triage.wiring.order).toEqual(['classifier', 'biller', 'engineer', 'escalator', 'writer']);
    expect(await scores(triage)).toEqual({ 'test-1': 1, 'test-2': 1 });
  });

  it('run: a metric that asks a model', async () => {
    expect(await scores(await defaultExport('judged.ts'))).toEqual({ 'test-1': 1 });
  });

  it('run: a tool that is down is a failure of infrastructure', async () => {
    const weather = await defaultExport<optimas.Component>('weather.ts');
    const draw: Draw = { runSeed: 0, purpose: 'test', iteration: -1, exampleId: 'e', index: 0 };
    const call = { component: weather, inputs: { city: 'Oslo' }, configuration: {}, draw, signal };
    await expect(directCaller().callComponent(call)).rejects.toThrow(InfrastructureError);
  });

  it('run: a factory whose components have versions of their own', async () => {
    const greeter = await defaultExport<(greeting: string) => optimas.Component>('greeter.ts');
    const versionOf = async (greeting: string): Promise<string | undefined> => {
      const rows = (id: string) => [{ id, person: 'Ada' }];
      const made = optimas.system({
        name: 'greeting',
        input: z.object({ person: z.string() }),
        output: z.object({ text: z.string() }),
        components: [greeter(greeting)],
        metric: () => 1,
        dataset: { train: rows('a'), validation: rows('b'), test: rows('c') },
      });
      return (await resolveSystem(made)).versions['greeter'];
    };
    expect(await versionOf('Hello')).toBe(await versionOf('Hello'));
    expect(await versionOf('Hello')).not.toBe(await versionOf('Salut'));
  });

  it('run: own optimizers, whose proposals can be tried', async () => {
    const { integer, prompt } = optimas;
    const incumbent = {
      variables: { k: integer(1, 9, { initial: 2 }), prompt: prompt('Answer.') },
      settings: { k: 2, prompt: { instructions: 'Answer.', demonstrations: [] } },
    };
    const asked: string[] = [];
    const context: optimas.ProposeContext = {
      component: { name: 'answerer', description: 'Answers', inputFields: ['question'], outputFields: ['answer'] },
      variables: incumbent.variables,
      incumbent: incumbent.settings,
      calls: [
        { exampleId: 'a', inputs: { question: 'Why?' }, outputs: { answer: 'So.' }, score: 0, feedback: 'too short' },
        { exampleId: 'b', inputs: { question: 'Who?' }, outputs: { answer: 'Ada' }, score: 1 },
      ],
      tries: [
        { iteration: 0, settings: { ...incumbent.settings, k: 3 }, over: incumbent.settings, gain: 0, accepted: false },
      ],
      count: 3,
      random: randomStream(0),
      models: {
        ...scripted,
        chat: ({ messages }) => {
          asked.push(messages[0]?.content ?? '');
          const usage = { promptTokens: 1, completionTokens: 1, usd: 0, latencyMs: 1 };
          return Promise.resolve({ text: ' Answer in full. ', finishReason: 'stop', usage });
        },
      },
      signal,
    };
    const proposed = async (name: string) => {
      const optimizer = await defaultExport<optimas.Optimizer>(name);
      optimas.defineConfig({
        systems: [await defaultExport<optimas.System>('support-qa.ts')],
        optimizers: [optimizer],
      });
      const returned = await optimizer.propose(context);
      const { proposals, rejected } = readOwnProposals(returned, { optimizer, component: 'answerer', incumbent });
      expect(rejected).toEqual([]);
      return proposals.map(({ settings }) => settings);
    };
    expect((await proposed('neighbours.ts')).map(({ k }) => k)).toEqual([1, 4, 5]);
    expect(await proposed('critic.ts')).toEqual([
      { k: 2, prompt: { instructions: 'Answer in full.', demonstrations: [] } },
    ]);
    expect(asked[0]).toContain('too short');
  });

  it('run: the config, whose system is scored', async () => {
    const config = await defaultExport<optimas.Config>('optimas.config.ts');
    expect(config.kind).toBe('optimas.config');
    const [sums] = config.systems as optimas.System[];
    const found = await scores(sums as optimas.System);
    expect(Object.keys(found)).toHaveLength(3);
  });

  it('run: the tuned configuration is read back', async () => {
    const settings = await defaultExport<(file: string) => unknown>('production.ts');
    const file = path.join(folder, 'tuned.json');
    const configuration = {
      answerer: { prompt: { instructions: 'Be brief.', demonstrations: [] } },
      retriever: { k: 3 },
    };
    await writeFile(file, JSON.stringify({ schemaVersion: 1, configuration }));
    expect(settings(file)).toEqual({ instructions: 'Be brief.', k: 3 });
  });

  it('give the messages and the plan that the page shows', async () => {
    expect(await defaultExport('messages.ts')).toEqual(json[0]);
    expect(defaultPlan).toEqual(json[1]);
  });
});

describe('the definition errors of the page', () => {
  const { component, defineConfig, integer, model, oneOf, prompt, range, system } = optimas;
  const x = z.object({ x: z.number() });
  const y = z.object({ y: z.number() });
  type Loose = Record<string, unknown>;
  const part = (options: Loose = {}) =>
    component({ name: 'a', description: '', input: x, output: y, run: () => ({ y: 1 }), ...options } as never);
  const whole = (options: Loose = {}) => {
    const rows = (id: string) => [{ id, x: 1 }];
    const dataset = { train: rows('t'), validation: rows('v'), test: rows('u') };
    const base = { name: 's', input: x, output: y, components: [part()], metric: () => 1, dataset };
    return system({ ...base, ...options } as never);
  };
  const data = (options: Loose) => {
    const rows = (id: string) => [{ id, x: 1 }];
    return resolveSystem(whole({ dataset: { train: rows('t'), validation: rows('v'), test: rows('u'), ...options } }));
  };
  const tuned = whole({ components: [part({ configuration: { k: oneOf([1, 2]) } })] });
  const b = (options: Loose) => part({ name: 'b', input: y, output: z.object({ z: z.number() }), ...options });
  const config = (options: Loose) => defineConfig({ systems: [whole()], ...options } as never);

  const variable = (declared: unknown) => () => part({ configuration: { v: declared } });

  const faults: (() => unknown)[] = [
    variable(prompt(' ')),
    variable(prompt('x', { demonstrations: { max: -1 } })),
    variable(prompt('x', { demonstrations: { max: 1, initial: [1, 2].map(() => ({ inputs: {}, outputs: {} })) } })),
    variable(prompt('Be so brief.', { maxCharacters: 5 })),
    variable(prompt('x', { placeholders: ['topic'] })),
    variable(oneOf([])),
    variable(oneOf([1, 2, 1])),
    variable(oneOf<number>([1, 2], { initial: 9 })),
    variable(range(0, Infinity, { initial: 0 })),
    variable(range(2, 1)),
    variable(range(0, 1, { scale: 'log' })),
    variable(range(1, 2, { scale: 'exp' as 'log' })),
    variable(range(0, 1, { initial: 3 })),
    variable(integer(0.5, 2, { initial: 1 })),
    variable(model([])),
    variable(model(['small', 'small'])),
    variable(model<string>(['small', 'large'], { initial: 'huge' })),
    () => part({ name: '2nd' }),
    () => part({ name: 'input' }),
    () => part({ input: {} }),
    () => part({ output: z.object({}) }),
    () => part({ run: undefined }),
    () => part({ from: { z: 'input.x' } }),
    () => part({ configuration: { k: 3 } }),
    () => part({ captures: () => 1 }),
    () => whole({ name: '2nd' }),
    () => whole({ input: undefined }),
    () => whole({ components: undefined }),
    () => whole({ components: [] }),
    () => whole({ components: [{}] }),
    () => whole({ components: [part(), part()] }),
    () => whole({ metric: 1 }),
    () => whole({ from: { z: 'a.y' } }),
    () => whole({ metricFloor: 2 }),
    () => whole({ components: [part({ from: { x: 'x' } })] }),
    () => whole({ components: [part({ from: { x: 'b.x' } })] }),
    () => whole({ components: [part({ from: { x: 'input.z' } })] }),
    () => whole({ components: [part({ input: y, output: x, from: { y: 'input.x' } }), b({ input: x, output: y })] }),
    () => whole({ components: [part(), b({ input: x, output: y }), part({ name: 'c', input: y, output: y })] }),
    () => whole({ components: [part({ input: z.object({ z: z.number() }) })] }),
    () => whole({ components: [part({ when: () => true }), b({})] }),
    () => whole({ components: [part({ output: z.object({ y: z.number().optional() }) }), b({})] }),
    () => whole({ components: [part({ from: { x: 'b.z' } }), b({})] }),
    () =>
      resolveSystem(
        whole({
          dataset: () => {
            throw new Error('no such file');
          },
        }),
      ),
    () => data({ validation: [] }),
    () => data({ train: [{ x: 1 }] }),
    () => data({ train: [{ id: 'e', x: 1 }], validation: [{ id: 'e', x: 1 }] }),
    () => data({ train: [{ id: 'e', x: 'one' }] }),
    () => checkConfiguration(tuned, { a: { k: 5 } }),
    () => checkConfiguration(tuned, { a: {} }),
    () => checkConfiguration(tuned, { a: { k: 1, z: 1 } }),
    () => checkConfiguration(tuned, { a: { k: 1 }, z: {} }),
    () => config({ system: [] }),
    () => config({ systems: [] }),
    () => config({ systems: [{}] }),
    () => config({ systems: [whole(), whole()] }),
    () => config({ budget: { usd: -1 } }),
    () => config({ budget: { call: 9 } }),
    () => config({ optimization: { iterations: 2.5 } }),
    () => config({ optimization: { alpha: 7 } }),
    () => config({ optimizers: [{ name: 'mine', kinds: ['numbers'], propose: () => [] }] }),
    () => config({ temporal: { adress: 'localhost:7233' } }),
    () => config({ endpoints: { e: { models: {} } } }),
    () => config({ endpoints: { e: { baseUrl: '', models: { m: {} } } } }),
    () => config({ endpoints: { e: { models: { m: {} } }, f: { models: { m: {} } } } }),
  ];

  it('read as they are thrown, one by one', async () => {
    const listed = /<!-- errors -->([\s\S]*?)<!-- \/errors -->/.exec(page)?.[1] ?? '';
    const written = [...listed.matchAll(/^- `(.*)`$/gm)].map(([, message]) => message);
    const thrown: string[] = [];
    for (const fault of faults) {
      const error: unknown = await Promise.resolve()
        .then(fault)
        .catch((reason: unknown) => reason);
      expect(optimas.DefinitionError.isInstance(error)).toBe(true);
      thrown.push((error as Error).message);
    }
    expect(written).toEqual(thrown);
  });
});
