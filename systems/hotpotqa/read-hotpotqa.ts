import { randomStream } from '../../core/random/stream';
import type { Dataset } from '../../core/system/system';
import { readRows } from '../datasets/read-rows';
import { hotpotqaFiles } from './files';
import { hotpotqaRow, type HotpotqaExample } from './hotpotqa-row';

/** The most examples of each split; the paper's. */
export const sizes = { train: 1000, validation: 250, test: 100 } as const;

/** The most rows read of a file: the official training file has 90,000 in half a gigabyte. */
const mostRows = 5000;

/** The splits are the same in every run: a run's seed decides what is drawn from them. */
const dataSeed = 20250301;

/**
 * The three splits. Validation comes from the development file, as test does where there is no sample: all of them hard
 * questions. What remains of it is for training, with the training file.
 *
 * @throws DefinitionError for missing files and for rows that do not fit
 */
export async function readHotpotqa(folder?: string): Promise<Dataset<HotpotqaExample>> {
  const { source, ...files } = hotpotqaFiles(folder);
  const taken = new Set<string>();
  const rowsOf = async (file: string): Promise<HotpotqaExample[]> => {
    const layout = file.endsWith('.jsonl') ? 'lines' : 'array';
    const rows = await readRows(source, file, { schema: hotpotqaRow, layout, most: mostRows });
    // A question that several files have belongs to the first: never to test and training at once.
    return rows.filter(({ id }) => taken.size < taken.add(id).size);
  };
  const shuffled = (rows: readonly HotpotqaExample[], label: string) =>
    randomStream(dataSeed, 'hotpotqa', label).shuffle(rows);

  const sample = files.sample === undefined ? undefined : await rowsOf(files.sample);
  const dev = shuffled(await rowsOf(files.dev), 'dev');
  const test = sample ?? dev.splice(0, Math.min(sizes.test, Math.ceil(dev.length / 5)));
  const validation = dev.splice(0, Math.min(sizes.validation, Math.ceil(dev.length / 2)));
  const train = shuffled([...dev, ...(await rowsOf(files.train))], 'train').slice(0, sizes.train);
  return { train, validation, test: test.slice(0, sizes.test) };
}
