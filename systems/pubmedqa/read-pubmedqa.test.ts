import type { Dataset } from '../../core/system/system';
import { dataFolderOf, pubmedqaRows } from '../datasets/testing/official-files';
import type { PubmedqaExample } from './pubmedqa-row';
import { readPubmedqa } from './read-pubmedqa';

const rows = pubmedqaRows(20);
const withIds = rows.map((row, at) => ({ pmid: `${at}`, ...row }));
const official = {
  'ori_pqal.json': Object.fromEntries(rows.map((row, at) => [`${at}`, row])),
  'test_ground_truth.json': { 12: 'yes', 3: 'yes', 5: 'maybe' },
};
const halves = { 'pubmedqa_train.jsonl': withIds.slice(0, 15), 'pubmedqa_test.jsonl': withIds.slice(15) };
const ids = (examples: readonly PubmedqaExample[]) => examples.map(({ id }) => id);
const idsOf = ({ train, validation, test }: Dataset<PubmedqaExample>) => [
  ...ids(train),
  ...ids(validation),
  ...ids(test),
];

describe('readPubmedqa', () => {
  it('reads the official file, and tests on the official test questions', async () => {
    const dataset = await readPubmedqa(dataFolderOf(official));
    expect(ids(dataset.test).sort()).toEqual(['12', '3', '5']);
    expect(dataset).toMatchObject({ train: { length: 12 }, validation: { length: 5 } });
    expect(new Set(idsOf(dataset)).size).toBe(20);
    expect(dataset.test.find(({ id }) => id === '5')).toEqual({
      id: '5',
      question: 'Does drug 5 help?',
      contexts: ['BACKGROUND: Drug 5 is new. It is cheap.', expect.stringMatching(/^RESULTS: Patients with drug 5/)],
      answer: 'maybe',
    });
  });

  it('reads the two halves, the same every time, and keeps test questions out of training', async () => {
    const repeated = { ...halves, 'pubmedqa_train.jsonl': [...withIds.slice(0, 16), withIds[2]] };
    const dataset = await readPubmedqa(dataFolderOf(repeated));
    expect(await readPubmedqa(dataFolderOf(halves))).toEqual(dataset);
    expect(ids(dataset.test)).toEqual(['15', '16', '17', '18', '19']);
    expect(idsOf(dataset)).toHaveLength(20);
    expect(new Set(idsOf(dataset)).size).toBe(20);
  });

  it('says what a wrong row lacks', async () => {
    const read = (wrong: object) =>
      readPubmedqa(dataFolderOf({ ...halves, 'pubmedqa_test.jsonl': [withIds[15], { ...withIds[16], ...wrong }] }));
    await expect(read({ final_decision: 'perhaps' })).rejects.toThrow(
      /pubmedqa_test\.jsonl, row 2: final_decision: .*expected one of "yes"\|"no"\|"maybe".*github\.com\/pubmedqa\/pubmedqa/,
    );
    await expect(read({ LABELS: ['RESULTS'] })).rejects.toThrow('LABELS: expected one label per text of CONTEXTS');
    const { 'ori_pqal.json': all } = official;
    const folder = dataFolderOf({ ...official, 'ori_pqal.json': { ...all, 7: { ...rows[7], QUESTION: 7 } } });
    await expect(readPubmedqa(folder)).rejects.toThrow(/ori_pqal\.json, row '7': QUESTION: .*expected string/);
  });

  it('says where it looked and what to do without files', async () => {
    const empty = dataFolderOf({});
    await expect(readPubmedqa(empty)).rejects.toThrow(
      `there is no pubmedqa_train.jsonl with pubmedqa_test.jsonl or ori_pqal.json in ${empty}. Fetch it with 'optimas setup --data pubmedqa'`,
    );
    const { 'ori_pqal.json': questions } = official;
    const folder = dataFolderOf({ 'ori_pqal.json': questions });
    await expect(readPubmedqa(folder)).rejects.toThrow(
      `there is no test_ground_truth.json in ${folder}. Fetch it with 'optimas setup --data pubmedqa', set OPTIMAS_DATA_DIR to the folder that has it, or download test_ground_truth.json from https://github.com/pubmedqa/pubmedqa`,
    );
  });

  it('reads the real files, where they are', async () => {
    const dataset = await readPubmedqa(process.env['OPTIMAS_DATA_DIR'] || dataFolderOf(official));
    const all = idsOf(dataset);
    expect(new Set(all).size).toBe(all.length);
    expect(new Set(dataset.validation.map(({ answer }) => answer)).size).toBeGreaterThan(1);
  });
});
