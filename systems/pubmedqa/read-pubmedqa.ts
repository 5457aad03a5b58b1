import { z } from 'zod';
import { randomStream } from '../../core/random/stream';
import type { Dataset } from '../../core/system/system';
import { readRows } from '../datasets/read-rows';
import { pubmedqaFiles, type PubmedqaFiles } from './files';
import { decisions, pubmedqaRow, type PubmedqaExample } from './pubmedqa-row';

/** The share of the training half that is for validation. */
const validationShare = 0.3;

/** The splits are the same in every run: a run's seed decides what is drawn from them. */
const dataSeed = 20250301;

/**
 * The three splits: test is the official test half (or what there is of it), train and validation are the other one's.
 *
 * @throws DefinitionError for missing files and for rows that do not fit
 */
export async function readPubmedqa(folder?: string): Promise<Dataset<PubmedqaExample>> {
  const halves = await readHalves(pubmedqaFiles(folder));
  const test = withoutRepeats(halves.test);
  const testIds = new Set(test.map(({ id }) => id));
  const others = withoutRepeats(halves.train).filter(({ id }) => !testIds.has(id));
  const order = randomStream(dataSeed, 'pubmedqa', 'train').shuffle(others);
  const validation = order.splice(0, Math.round(validationShare * order.length));
  return { train: order, validation, test };
}

const testIdRow = z.object({ pmid: z.string(), value: z.enum(decisions) });

interface Halves {
  train: PubmedqaExample[];
  test: PubmedqaExample[];
}

async function readHalves(files: PubmedqaFiles): Promise<Halves> {
  const { source } = files;
  if (files.layout === 'halves') {
    const options = { schema: pubmedqaRow, layout: 'lines' } as const;
    return { train: await readRows(source, files.train, options), test: await readRows(source, files.test, options) };
  }
  const labelled = await readRows(source, files.labelled, { schema: pubmedqaRow, layout: { keyedBy: 'pmid' } });
  const truth = await readRows(source, files.testIds, { schema: testIdRow, layout: { keyedBy: 'pmid' } });
  const testIds = new Set(truth.map(({ pmid }) => pmid));
  return {
    train: labelled.filter(({ id }) => !testIds.has(id)),
    test: labelled.filter(({ id }) => testIds.has(id)),
  };
}

function withoutRepeats(examples: readonly PubmedqaExample[]): PubmedqaExample[] {
  return [...new Map(examples.map((example) => [example.id, example])).values()];
}
