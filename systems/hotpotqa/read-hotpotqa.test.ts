import path from 'node:path';
import type { Dataset } from '../../core/system/system';
import { dataFolderOf, hotpotqaRows } from '../datasets/testing/official-files';
import type { HotpotqaExample } from './hotpotqa-row';
import { readHotpotqa } from './read-hotpotqa';

const official = {
  'hotpot_train_v1.1.json': hotpotqaRows(6, 't'),
  'hotpot_dev_distractor_v1.json': hotpotqaRows(20, 'd'),
};
const ids = (examples: readonly HotpotqaExample[]) => examples.map(({ id }) => id);

function expectSplits({ train, validation, test }: Dataset<HotpotqaExample>, count: number): void {
  const all = [...ids(train), ...ids(validation), ...ids(test)];
  expect(all).toHaveLength(count);
  expect(new Set(all).size).toBe(count);
}

describe('readHotpotqa', () => {
  it('reads the official files, and draws test and validation from the development file', async () => {
    const dataset = await readHotpotqa(dataFolderOf(official));
    expectSplits(dataset, 26);
    expect(dataset).toMatchObject({ train: { length: 14 }, validation: { length: 8 }, test: { length: 4 } });
    expect([...ids(dataset.test), ...ids(dataset.validation)].filter((id) => !id.startsWith('d'))).toEqual([]);
    expect(dataset.train.find(({ id }) => id === 't3')).toEqual({
      id: 't3',
      question: 'Where was the painter of "Picture 3" born ?',
      paragraphs: expect.arrayContaining([
        'Other 0: Other 0 is a river. It is long.',
        'Painter 3: Painter 3 was born in Town 3.',
      ]),
      answer: 'Town 3',
      supportingTitles: ['Picture 3', 'Painter 3'],
    });
  });

  it('draws the same splits every time, not in the order of the files', async () => {
    const dataset = await readHotpotqa(dataFolderOf(official));
    expect(await readHotpotqa(dataFolderOf(official))).toEqual(dataset);
    expect(ids(dataset.test)).not.toEqual(['d0', 'd1', 'd2', 'd3']);
  });

  it('tests on the sample where there is one, and keeps its questions out of the other splits', async () => {
    const sample = hotpotqaRows(3, 's', 'id');
    const dataset = await readHotpotqa(
      dataFolderOf({
        'hotpotqa_sample.jsonl': sample,
        'hotpotqa_dev.jsonl': [...hotpotqaRows(4, 'd', 'id'), sample[0]],
        'hotpotqa_train.jsonl': [...hotpotqaRows(4, 't', 'id'), sample[1], ...hotpotqaRows(1, 'd', 'id')],
      }),
    );
    expectSplits(dataset, 11);
    expect(ids(dataset.test)).toEqual(['s0', 's1', 's2']);
  });

  it('says what a wrong row lacks', async () => {
    const [row] = hotpotqaRows(1, 'd');
    const read = (wrong: unknown) =>
      readHotpotqa(dataFolderOf({ ...official, 'hotpot_dev_distractor_v1.json': [row, wrong] }));
    await expect(read({ ...row, answer: undefined })).rejects.toThrow(
      /hotpot_dev_distractor_v1\.json, row 2: answer: .*expected string.*hotpotqa\.github\.io/,
    );
    await expect(read({ ...row, context: [['Title', 'text']] })).rejects.toThrow(
      /row 2: context\[0\]\[1\]: .*expected array/,
    );
    await expect(read('text')).rejects.toThrow(/row 2: .*expected object/);
  });

  it('says where it looked and what to do without files', async () => {
    const { 'hotpot_train_v1.1.json': _, ...rest } = official;
    const folder = dataFolderOf(rest);
    await expect(readHotpotqa(folder)).rejects.toThrow(
      `the HotpotQA data is missing: there is no hotpotqa_train.jsonl or hotpot_train_v1.1.json in ${folder}. Fetch it with 'optimas setup --data hotpotqa'`,
    );
  });

  it('reads the real files, where they are', async () => {
    const folder = process.env['OPTIMAS_DATA_DIR'] || dataFolderOf(official);
    const dataset = await readHotpotqa(path.resolve(folder));
    const { train, validation, test } = dataset;
    expectSplits(dataset, train.length + validation.length + test.length);
    for (const { paragraphs, supportingTitles } of [...train, ...validation, ...test]) {
      const missing = supportingTitles.filter(
        (title) => !paragraphs.some((text) => text.startsWith(title.replaceAll(/\s+/g, ' ').trim())),
      );
      expect(missing).toEqual([]);
    }
  });
});
