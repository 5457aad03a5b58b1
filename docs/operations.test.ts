import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..');
const text = readFileSync(join(__dirname, 'operations.md'), 'utf8');

/** Tests that the document names: `file` "title", "title". */
const named = [...text.matchAll(/`([\w./-]+\.test\.ts)`((?:,? table)?(?:,? "[^"]+")+)/g)].flatMap(
  ([, file = '', titles = '']) =>
    [...titles.matchAll(/"([^"]+)"/g)].map(([, title = '']): [string, string] => [file, title]),
);

describe('docs/operations.md', () => {
  it('names a test in every row of the table of faults', () => {
    const rows = text
      .slice(text.indexOf('## Faults'), text.indexOf('## Backup'))
      .split('\n')
      .filter((line) => line.startsWith('| ') && !line.startsWith('| fault') && !line.startsWith('| ---'));
    expect(rows.length).toBeGreaterThan(20);
    for (const row of rows) expect(row).toMatch(/`[\w./-]+\.test\.ts`,? (?:table )?"[^"]+"/);
    expect(named.length).toBeGreaterThanOrEqual(rows.length);
  });

  it.each(named)('%s has the test "%s"', (file, title) => {
    const path = join(root, file);
    expect(existsSync(path)).toBe(true);
    const quoted = [`'${title.replaceAll("'", "\\'")}'`, `"${title}"`, `\`${title}\``];
    const source = readFileSync(path, 'utf8');
    expect(quoted.some((literal) => source.includes(literal))).toBe(true);
  });
});
