import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { z } from 'zod';
import { resolveSystem } from '../activities/definition/resolve-system';
import { directCaller } from '../core/system/direct-caller';
import { runExample, scoreTrace } from '../core/system/interpreter';
import type { Draw } from '../core/system/draw';
import type { ModelClients } from '../core/system/run-context';
import * as optimas from '../index';
import quickstartConfig from '../systems/quickstart/optimas.config';

const root = path.join(__dirname, '..');
const signal = new AbortController().signal;

let folder = '';
let readme = '';
let config = '';

/** A project folder as the README describes it. */
beforeAll(async () => {
  readme = await readFile(path.join(root, 'README.md'), 'utf8');
  config = /```ts\n(\/\/ optimas\.config\.ts\n[\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const rows = JSON.parse(/```json\n([\s\S]*?)```/.exec(readme)?.[1] ?? '') as { id: string }[];
  folder = await mkdtemp(path.join(tmpdir(), 'optimas-readme-'));
  await writeFile(path.join(folder, 'optimas.config.ts'), config);
  await mkdir(path.join(folder, 'data'));
  for (const split of ['train', 'validation', 'test']) {
    const examples = rows.map((row) => ({ ...row, id: `${split}-${row.id}` }));
    await writeFile(path.join(folder, 'data', `${split}.json`), JSON.stringify(examples));
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function loadedConfig(): Promise<optimas.Config> {
  const { code } = await transform(config, { loader: 'ts', format: 'cjs', target: 'node20' });
  const modules: Record<string, unknown> = {
    optimas,
    zod: { z },
    'node:fs': { readFileSync: (file: string) => readFileSync(path.join(folder, file), 'utf8') },
  };
  const module = { exports: {} as { default?: optimas.Config } };
  // oxlint-disable-next-line typescript/no-implied-eval -- the code is this repository's own page
  new Function('module', 'exports', 'require', code)(module, module.exports, (name: string) => modules[name]);
  return module.exports.default as optimas.Config;
}

/** Models that see what a message is about. */
const scripted: ModelClients = {
  chat: async ({ messages }) => ({
    text: /charged|billing/i.test(messages.at(-1)?.content ?? '') ? ' Billing' : 'shipping',
    finishReason: 'stop',
    usage: { promptTokens: 10, completionTokens: 1, usd: 0, latencyMs: 1 },
  }),
  embed: () => Promise.reject(new Error('the example does not embed')),
};

describe('the config of the README', () => {
  it('is typed', async () => {
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
    const { stdout } = await promisify(execFile)(process.execPath, [compiler, '-p', folder]).catch(
      (error) => error as { stdout: string },
    );
    expect(stdout).toBe('');
  }, 60_000);

  it('runs on the data of the README', async () => {
    const { systems } = await loadedConfig();
    const [system] = systems as optimas.System[];
    const { examples } = await resolveSystem(system as optimas.System);
    const configuration = optimas.initialConfiguration(system as optimas.System);
    const caller = directCaller(scripted);
    for (const example of examples.test) {
      const draw: Draw = { runSeed: 0, purpose: 'test', iteration: -1, exampleId: example.id, index: 0 };
      const shared = { system: system as optimas.System, example, draw, caller, signal };
      const trace = await runExample({ ...shared, configuration });
      expect(await scoreTrace(trace, shared)).toMatchObject({ score: 1 });
    }
    expect(examples.test).toHaveLength(2);
  });
});

it('shows the output of a quick start with the present plan', () => {
  const shown = /<!-- quickstart-output -->\s*```text\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const plan = { ...optimas.defaultPlan, ...quickstartConfig.optimization };
  const { iterations, finalists, testExamples, validationExamples } = plan;
  const numbers = (pattern: RegExp): number[] => [
    ...new Set([...shown.matchAll(pattern)].map((match) => Number(match[1]))),
  ];
  expect(numbers(/iteration \d+\/(\d+):/g)).toEqual([iterations]);
  const tried = [...shown.matchAll(/^iteration \d: (.+?) (?:accepted|kept)/gm)].map(([, move]) => move);
  expect(tried).toHaveLength(iterations);
  expect(plan).toMatchObject({ simultaneousSteps: true, schedule: 'cheapest-first' });
  expect(tried[0]).toBe('query_writer, retriever, answerer at once');
  expect(Math.max(...numbers(/validating (1(?= finalist,)|(?!1 )\d+(?= finalists,))/g))).toBe(finalists);
  expect(numbers(/, (\d+) held-out examples/g)).toEqual([testExamples]);
  expect(numbers(/│ validation[^\n]*, n = (\d+)\) +│\n/g)).toEqual([validationExamples]);
});
