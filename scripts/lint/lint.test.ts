import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const repository = path.resolve(__dirname, '../..');

interface Diagnostic {
  code: string;
  filename: string;
  message: string;
}

/** Lints a throwaway project that has this repository's configuration and the given files: what would the rules say of them? */
function lint(files: Record<string, string>): Diagnostic[] {
  const project = realpathSync(mkdtempSync(path.join(tmpdir(), 'optimas-lint-')));
  try {
    for (const shared of ['.oxlintrc.json', 'tsconfig.json', 'package.json', 'scripts/lint']) {
      cpSync(path.join(repository, shared), path.join(project, shared), { recursive: true });
    }
    symlinkSync(path.join(repository, 'node_modules'), path.join(project, 'node_modules'));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(project, name)), { recursive: true });
      writeFileSync(path.join(project, name), text);
    }
    const oxlint = path.join(repository, 'node_modules/oxlint/bin/oxlint');
    const args = [oxlint, '--type-aware', '--format=json', ...Object.keys(files)];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: project, encoding: 'utf8', timeout: 60_000 });
    if (!stdout.startsWith('{')) throw new Error(`oxlint printed no report: ${stdout}${stderr}`);
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: Diagnostic[] };
    return diagnostics.map(({ code, filename, message }) => ({ code, filename, message }));
  } finally {
    rmSync(project, { recursive: true });
  }
}

const target = { 'core/a.ts': 'export const a = 1;\nexport type A = number;\n' };

describe('import direction', () => {
  const reported: [string, string, string][] = [
    ['core/reward/x.ts', `export { b } from '../../storage/b';`, 'core/ must not import storage/b'],
    ['core/x.ts', `import { z } from 'zod';\nexport const x = z;`, 'core/ must not import the package zod'],
    ['core/x.ts', `import type { z } from 'zod';\nexport type X = z.ZodType;`, 'core/ must not import the package zod'],
    ['core/system/x.ts', `import { z } from 'zod';\nexport const x = z;`, 'may import only types from zod'],
    ['core/x.ts', `export const load = () => import('node:fs');`, 'core/ must not import the package node:fs'],
    ['core/x.ts', `export const os: unknown = require('node:os');`, 'core/ must not import the package node:os'],
    ['core/x.ts', `export type Db = import('../storage/b').Db;`, 'core/ must not import storage/b'],
    [
      'workflows/x.ts',
      `import { act } from '../activities/act';\nexport const x = act;`,
      'may import only types from activities/act',
    ],
    ['workflows/x.ts', `import { type T, act } from '../activities/act';\nexport const x: T = act;`, 'only types'],
    ['workflows/x.ts', `import { Client } from '@temporalio/client';\nexport const x = Client;`, '@temporalio/client'],
    ['workflows/x.ts', `import type { z } from 'zod';\nexport type X = z.ZodType;`, 'must not import the package zod'],
    [
      'activities/x.ts',
      `import { w } from '../workflows';\nexport const x = w;`,
      'activities/ must not import workflows',
    ],
    [
      'storage/x.ts',
      `import type { e } from '../providers/e';\nexport type X = typeof e;`,
      'storage/ must not import providers/e',
    ],
    [
      'providers/x.ts',
      `import { w } from '../workers/w';\nexport const x = w;`,
      'providers/ must not import workers/w',
    ],
    [
      'systems/q/x.ts',
      `import { a } from '../../core/reward/a';\nexport const x = a;`,
      'systems/ must not import core/reward/a',
    ],
  ];
  const allowed: Record<string, string> = {
    ...target,
    'core/reward/a-user.ts': `export { a } from '../a';\n`,
    'core/system/typed.ts': `import type { z } from 'zod';\nexport type X = z.ZodType;\n`,
    'core/system/canonical-json.ts': `import { createHash } from 'node:crypto';\nexport const hash = createHash;\n`,
    'core/a.test.ts': `import { z } from 'zod';\nexport const x = z;\n`,
    'workflows/typed.ts': `import type { A } from '../activities/act';\nexport type X = A;\n`,
    'workflows/durable.ts': `import { sleep } from '@temporalio/workflow';\nexport const x = sleep;\n`,
    'activities/act.ts': `import { a, type A } from '../core/a';\nexport type { A };\nexport const act: A = a;\n`,
    'systems/q/q.ts': `export { hash } from '../../core/system/canonical-json';\n`,
  };

  // One project per case would start the linter fifteen times: each case is instead a file of its own in one project.
  const inOneProject = Object.fromEntries(
    reported.map(([name, text], index) => [name.replace(/x\.ts$/, `x${index}.ts`), `${text}\n`]),
  );
  let diagnostics: Diagnostic[];
  beforeAll(() => {
    diagnostics = lint({ ...allowed, ...inOneProject }).filter(({ code }) => code === 'optimas(import-direction)');
  });

  it.each(reported.map((entry, index) => [...entry, index] as const))(
    'reports %s: %s',
    (name, _text, message, index) => {
      const file = name.replace(/x\.ts$/, `x${index}.ts`);
      const found = diagnostics.filter(({ filename }) => filename === file);
      expect(found.map((diagnostic) => diagnostic.message)).toEqual([expect.stringContaining(message)]);
    },
  );

  it('accepts what follows the arrows', () => {
    expect(diagnostics.filter(({ filename }) => filename in allowed)).toEqual([]);
  });
});

describe('other rules', () => {
  const reported: [string, string, string, string][] = [
    [
      'a floating promise',
      'client/floating.ts',
      'export const x = (): void => { Promise.resolve(1); };',
      'no-floating-promises',
    ],
    [
      'a misused promise',
      'client/misused.ts',
      'export const x = (p: Promise<boolean>) => (p ? 1 : 2);',
      'no-misused-promises',
    ],
    ['an unused variable', 'client/unused.ts', 'export const x = (): void => { const y = 1; };', 'no-unused-vars'],
    ['a long file', 'client/long.ts', `export const x = [\n${'  1,\n'.repeat(400)}];`, 'max-lines'],
    ['a vague folder', 'client/utils/x.ts', 'export const x = 1;', 'folder-name'],
    ['a vague file', 'core/helpers.ts', 'export const x = 1;', 'folder-name'],
    ['chance in core', 'core/chance.ts', 'export const x = (): number => Math.random();', 'no-restricted-properties'],
    ['a timer in core', 'core/timer.ts', 'export const x = setTimeout;', 'no-restricted-globals'],
    ['a name that is not kebab-case', 'client/someThing.ts', 'export const x = 1;', 'filename-case'],
  ];
  let diagnostics: Diagnostic[];
  beforeAll(() => {
    diagnostics = lint(Object.fromEntries(reported.map(([, name, text]) => [name, `${text}\n`])));
  });

  it.each(reported)('report %s', (_what, name, _text, rule) => {
    const found = diagnostics.filter(({ filename }) => filename === name);
    expect(found.map(({ code }) => code)).toEqual([expect.stringContaining(rule)]);
  });
});
