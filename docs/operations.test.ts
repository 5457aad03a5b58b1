import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { activityNames } from '../workflows/activity-names';

const root = join(__dirname, '..');
const text = readFileSync(join(__dirname, 'operations.md'), 'utf8');

/** Tests that the document names: `file` "title", "title". */
const named = [...text.matchAll(/`([\w./-]+\.test\.ts)`((?:,? table)?(?:,? "[^"]+")+)/g)].flatMap(
  ([, file = '', titles = '']) =>
    [...titles.matchAll(/"([^"]+)"/g)].map(([, title = '']): [string, string] => [file, title]),
);

/** The rows of the table of faults between two headings. */
function faults(from: string, to: string): string[] {
  const lines = text.slice(text.indexOf(`\n${from}\n`), text.indexOf(`\n${to}\n`)).split('\n');
  const table = lines.slice(lines.findIndex((line) => line.startsWith('| fault')) + 2);
  return table.slice(
    0,
    table.findIndex((line) => !line.startsWith('|')),
  );
}

describe('docs/operations.md', () => {
  it.each([
    ['of the database', faults('### Database', '## Commands to a run'), 6],
    ['of runs', faults('## Faults', '## Backup'), 38],
  ])('names a test in every row of the table of faults %s', (_, rows, least) => {
    expect(rows.length).toBeGreaterThanOrEqual(least);
    for (const row of rows) {
      const tests = row.match(/`[\w./-]+\.test\.ts`/g) ?? [];
      expect(tests.length).toBeGreaterThan(0);
      // Each with a title, so that the test below sees it.
      expect(row.match(/`[\w./-]+\.test\.ts`,? (?:table )?"[^"]+"/g)).toHaveLength(tests.length);
    }
  });

  it('lists the activities', () => {
    const [, list = ''] = /The activities: ([^.]+)\./.exec(text) ?? [];
    expect([...list.matchAll(/`(\w+)`/g)].map(([, name]) => name).toSorted()).toEqual(activityNames.toSorted());
  });

  it.each(named)('%s has the test "%s"', (file, title) => {
    const path = join(root, file);
    expect(existsSync(path)).toBe(true);
    const quoted = [`'${title.replaceAll("'", "\\'")}'`, `"${title}"`, `\`${title}\``];
    const source = readFileSync(path, 'utf8');
    expect(quoted.some((literal) => source.includes(literal))).toBe(true);
  });
});
