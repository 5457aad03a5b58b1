import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sourcesHash } from './sources-hash';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'optimas-sources-'));
  mkdirSync(join(root, 'core/search'), { recursive: true });
  for (const name of ['core/a.ts', 'core/search/b.ts', 'core/a.test.ts', 'core/notes.md', 'other.ts', 'another.ts'])
    writeFileSync(join(root, name), name);
});
afterEach(() => rmSync(root, { recursive: true }));

it.each([
  ['core/a.ts', true],
  ['core/search/b.ts', true],
  ['other.ts', true],
  ['another.ts', false],
  ['core/a.test.ts', false],
  ['core/notes.md', false],
  ['core/search/beside.ts', false],
])('of a folder and a file, with a change in %s: another hash %s', (name, differs) => {
  const hash = (): string => sourcesHash(root, ['core', 'other.ts'], ['core/search/beside.ts']);
  const before = hash();
  expect(hash()).toBe(before);
  writeFileSync(join(root, name), 'changed');
  expect(hash() !== before).toBe(differs);
});
