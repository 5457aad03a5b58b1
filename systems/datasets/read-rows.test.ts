import path from 'node:path';
import { z } from 'zod';
import { findDataFile, requireDataFile } from './find-data-file';
import { loadOnce } from './load-once';
import { readRows } from './read-rows';
import { dataFolderOf } from './testing/official-files';

const schema = z.object({ id: z.string(), tags: z.array(z.string()) });
const rows = [
  { id: 'a', tags: ['[not "an] end\\', '}'] },
  { id: 'b', tags: [] },
];
const folder = dataFolderOf({
  'rows.jsonl': rows,
  'rows.json': rows,
  'keyed.json': { a: { tags: rows[0]?.tags }, b: { tags: [] } },
  'values.json': { a: 'yes' },
  'wrong-field.jsonl': [rows[0], { id: 'b', tags: ['x', 7] }],
  'no-json.jsonl': '{"id": "a", "tags": []}\n\n{"id": \n',
  'cut.json': '[{"id": "a", "tags": []}, {"id": "b"',
  'object.json': '{}',
  'empty.json': '[]',
  'nothing.json': '',
});
const source = { name: 'Tags', setupName: 'tags', page: 'https://tags.example', folder };
const read = (name: string, layout: Parameters<typeof readRows>[2]['layout'], most?: number) =>
  readRows(source, path.join(folder, name), { schema, layout, ...(most === undefined ? {} : { most }) });

describe('readRows', () => {
  it('reads lines, an array, and an object by key', async () => {
    expect(await read('rows.jsonl', 'lines')).toEqual(rows);
    expect(await read('rows.json', 'array')).toEqual(rows);
    expect(await read('keyed.json', { keyedBy: 'id' })).toEqual(rows);
    const values = { schema: z.object({ id: z.string(), value: z.string() }), layout: { keyedBy: 'id' } };
    expect(await readRows(source, path.join(folder, 'values.json'), values)).toEqual([{ id: 'a', value: 'yes' }]);
  });

  it('looks at no more rows than asked for', async () => {
    expect(await read('wrong-field.jsonl', 'lines', 1)).toEqual([rows[0]]);
    expect(await read('cut.json', 'array', 1)).toEqual([{ id: 'a', tags: [] }]);
  });

  it.each([
    [
      'wrong-field.jsonl',
      'lines',
      /wrong-field\.jsonl, row 2: tags\[1\]: .*expected string, received number\. Correct it, or download the file again from https:\/\/tags\.example$/,
    ],
    ['no-json.jsonl', 'lines', /no-json\.jsonl, row 3: this is not JSON as expected: .* Correct it, or download/],
    ['cut.json', 'array', /cut\.json, after row 1: .*it ends before the array's '\]'/],
    ['object.json', 'array', /object\.json: .*expected '\[', not '{'/],
    ['rows.json', { keyedBy: 'id' }, /rows\.json: .*expected an object, with a row per key/],
    ['empty.json', 'array', /empty\.json has no rows\. Correct it, or download/],
    ['nothing.json', 'array', /nothing\.json: .*it is empty/],
  ] as const)('refuses %s', async (name, layout, message) => {
    await expect(read(name, layout)).rejects.toMatchObject({
      name: 'DefinitionError',
      message: expect.stringMatching(message),
    });
  });
});

describe('data files', () => {
  it('are found by the first name that is there; where none is, the error says where it looked and what to do', () => {
    expect(findDataFile(source, ['none.jsonl', 'rows.json', 'rows.jsonl'])).toBe(path.join(folder, 'rows.json'));
    expect(findDataFile(source, ['nothing.json', 'rows.json'])).toBe(path.join(folder, 'rows.json'));
    expect(findDataFile(source, ['none.jsonl'])).toBeUndefined();
    expect(() => requireDataFile(source, ['none.jsonl', 'none.json'])).toThrow(
      `the Tags data is missing: there is no none.jsonl or none.json in ${folder}. Fetch it with ` +
        `'optimas setup --data tags', set OPTIMAS_DATA_DIR to the folder that has it, or download none.json from https://tags.example into ${folder}`,
    );
  });
});

it('loads once, and again after a failure', async () => {
  let calls = 0;
  const load = loadOnce(async () => {
    calls += 1;
    if (calls === 1) throw new Error('no such file');
    return { calls };
  });
  await expect(load()).rejects.toThrow('no such file');
  const [first, second] = await Promise.all([load(), load()]);
  expect(first).toEqual({ calls: 2 });
  expect(second).toBe(first);
});
