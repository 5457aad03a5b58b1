import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { resultDocumentSchema } from '../../core/run/result-document';
import { suiteEnvironment } from '../suite-environment';

const repository = path.resolve(__dirname, '../..');
const { ensureCompiled } = jest.requireActual<{ ensureCompiled: () => void }>('../../scripts/compile.js');

interface PackedFile {
  path: string;
}

describe('a clone after npm ci, before any build', () => {
  it('compiles itself when the command is first used, and not again', () => {
    const clone = realpathSync(mkdtempSync(path.join(tmpdir(), 'optimas-clone-')));
    try {
      const left = new Set(['node_modules', 'dist', 'docs', 'test']);
      const copied = readdirSync(repository).filter((name) => !left.has(name) && !name.startsWith('.'));
      for (const name of copied) cpSync(path.join(repository, name), path.join(clone, name), { recursive: true });
      symlinkSync(path.join(repository, 'node_modules'), path.join(clone, 'node_modules'));
      const { version } = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8')) as {
        version: string;
      };
      const command = () => {
        const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/optimas.js', '--version'], {
          cwd: clone,
          encoding: 'utf8',
        });
        return { status, stdout, stderr };
      };
      const expected = { status: 0, stdout: `${version}\n`, stderr: '' };
      const entry = path.join(clone, 'dist/client/cli/main.js');
      expect(existsSync(entry)).toBe(false);
      expect(command()).toEqual(expected);
      expect(existsSync(path.join(clone, 'dist/workflow-bundle.js'))).toBe(true);
      const compiled = statSync(entry).mtimeMs;
      expect(command()).toEqual(expected);
      expect(statSync(entry).mtimeMs).toBe(compiled);
      // What does not compile is said, and nothing older runs in its place.
      writeFileSync(path.join(clone, 'core/broken.ts'), "export const count: number = 'one';\n");
      expect(command()).toMatchObject({
        status: 1,
        stdout: '',
        stderr: expect.stringMatching(/core\/broken\.ts.*TS2322/),
      });
    } finally {
      rmSync(clone, { recursive: true, force: true });
    }
  }, 300_000);
});

describe('the packed library in an empty project', () => {
  jest.setTimeout(600_000);
  let project: string;
  let packed: string[];

  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { cwd: project, encoding: 'utf8', stdio: 'pipe' });
  const evaluate = (code: string): unknown => JSON.parse(run(process.execPath, '-p', `JSON.stringify(${code})`));

  beforeAll(() => {
    ensureCompiled();
    project = realpathSync(mkdtempSync(path.join(tmpdir(), 'optimas-package-')));
    writeFileSync(path.join(project, 'package.json'), '{ "name": "application", "private": true }');
    const report = execFileSync('npm', ['pack', '--json', '--pack-destination', project], {
      cwd: repository,
      encoding: 'utf8',
    });
    const [tarball] = JSON.parse(report) as { filename: string; files: PackedFile[] }[];
    if (!tarball) throw new Error(`npm pack reported no tarball: ${report}`);
    packed = tarball.files.map((file) => file.path);
    // Without scripts: onnxruntime-node's would download CUDA binaries that nothing here uses (ONNXRUNTIME_NODE_INSTALL=skip does the same).
    run(
      'npm',
      'install',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      path.join(project, tarball.filename),
    );
  });
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  it('holds the compiled library, its types and the bin, and no sources or tests', () => {
    expect(packed).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'package.json',
        'bin/optimas.js',
        'dist/index.js',
        'dist/index.d.ts',
        'dist/workflow-bundle.js',
      ]),
    );
    const foreign = packed.filter(
      (file) => !/^(LICENSE|README\.md|package\.json|bin\/optimas\.js|dist\/.+)$/.test(file),
    );
    expect(foreign).toEqual([]);
    expect(
      packed.filter((file) => /\.test\.|(?<!\.d)\.ts$|\.map$|^dist\/(test|bench|scripts)\/|\/testing\//.test(file)),
    ).toEqual([]);
  });

  it('gives the definition API, the workflows and the worker under their own entries', () => {
    expect(evaluate(`Object.keys(require('optimas'))`)).toEqual(
      expect.arrayContaining(['component', 'system', 'prompt']),
    );
    expect(evaluate(`Object.keys(require('optimas/workflow'))`)).toEqual(
      expect.arrayContaining(['optimization', 'iteration']),
    );
    expect(evaluate(`Object.keys(require('optimas/worker')).length > 0`)).toBe(true);
    expect(() => evaluate(`require('optimas/core/system/wiring')`)).toThrow('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  it('is typed for an application', () => {
    mkdirSync(path.join(project, 'source'));
    writeFileSync(
      path.join(project, 'source/application.ts'),
      `import { oneOf } from 'optimas';\nimport { optimization } from 'optimas/workflow';\nexport const k: number = oneOf([1, 2], { initial: 1 }).initial;\nexport const run = optimization;\n// @ts-expect-error: choices are a list\noneOf('small');\n`,
    );
    const compilerOptions = { module: 'nodenext', strict: true, skipLibCheck: true, noEmit: true, types: [] };
    writeFileSync(
      path.join(project, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['source/application.ts'] }),
    );
    const tsc = path.join(repository, 'node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', project], { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  it('installs the command', () => {
    expect(run(path.join(project, 'node_modules/.bin/optimas'), '--version').trim()).toBe('0.1.0');
  });

  it('runs an optimization from there', () => {
    writeFileSync(
      path.join(project, 'optimas.config.ts'),
      `import { component, defineConfig, oneOf, system } from 'optimas';
import { z } from 'zod';

const examples = (split: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: split + index, text: split + ' ' + index }));

const shouter = component({
  name: 'shouter',
  description: 'Says it louder',
  input: z.object({ text: z.string() }),
  output: z.object({ loud: z.string() }),
  configuration: { marks: oneOf([0, 1, 2, 3]) },
  deterministic: true,
  run: ({ text }, { configuration }) => ({ loud: text + '!'.repeat(configuration.marks) }),
});

export default defineConfig({
  encoder: 'hashed-ngrams',
  systems: [
    system({
      name: 'shouting',
      input: z.object({ text: z.string() }),
      output: z.object({ loud: z.string() }),
      components: [shouter],
      metric: (_example, { loud }) => (loud.endsWith('!!') ? 1 : 0.2),
      dataset: { train: examples('a', 24), validation: examples('b', 24), test: examples('c', 20) },
    }),
  ],
});
`,
    );
    const { address } = suiteEnvironment();
    const outcome = spawnSync(
      path.join(project, 'node_modules/.bin/optimas'),
      ['run', '--yes', '--json', 'result.json', '--iterations', '2', '--preference-inputs', '12'],
      { cwd: project, encoding: 'utf8', env: { ...process.env, TEMPORAL_ADDRESS: address } },
    );
    expect({ status: outcome.status, errors: outcome.stderr }).toMatchObject({ status: 0 });
    const document = resultDocumentSchema.parse(JSON.parse(readFileSync(path.join(project, 'result.json'), 'utf8')));
    expect(document.baseline.test?.mean).toBeCloseTo(0.2);
    expect(document.final.test?.mean).toBeCloseTo(1);
    expect(document.configuration['shouter']?.['marks']).toBeGreaterThanOrEqual(2);
  });

  it('has one copy of protobufjs for all of Temporal: with two, histories cannot be read back from JSON', () => {
    const users = ['client', 'common', 'proto', 'worker'].map((name) => `@temporalio/${name}`);
    const resolve = (user: string) => `require.resolve('protobufjs', { paths: [require.resolve('${user}')] })`;
    expect(evaluate(`[...new Set([${users.map(resolve).join(', ')}])]`)).toEqual([
      path.join(project, 'node_modules/protobufjs/index.js'),
    ]);
    const event = {
      eventId: '1',
      eventType: 'EVENT_TYPE_WORKFLOW_TASK_SCHEDULED',
      workflowTaskScheduledEventAttributes: {},
    };
    const convert = `require('@temporalio/common/lib/proto-utils')`;
    const history = JSON.stringify({ events: [event] });
    expect(evaluate(`JSON.parse(${convert}.historyToJSON(${convert}.historyFromJSON(${history}))).events.length`)).toBe(
      1,
    );
  });
});
