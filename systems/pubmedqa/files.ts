import { dataFolder } from '../../providers/ladders/data-folder';
import { dataSource, findDataFile, requireDataFile, type DataSource } from '../datasets/find-data-file';

export type PubmedqaFiles = { source: DataSource } & (
  | { layout: 'halves'; train: string; test: string }
  /** Official: all labelled questions, and the ids of those that are for testing. */
  | { layout: 'official'; labelled: string; testIds: string }
);

/** Finds the files: JSON lines of the two halves, else the official ones. @throws DefinitionError where there are none, with what to do */
export function pubmedqaFiles(folder = dataFolder()): PubmedqaFiles {
  const source = dataSource('pubmedqa', folder);
  const train = findDataFile(source, ['pubmedqa_train.jsonl']);
  const test = findDataFile(source, ['pubmedqa_test.jsonl']);
  if (train !== undefined && test !== undefined) return { source, layout: 'halves', train, test };
  return {
    source,
    layout: 'official',
    labelled: requireDataFile(source, ['pubmedqa_train.jsonl with pubmedqa_test.jsonl', 'ori_pqal.json']),
    testIds: requireDataFile(source, ['test_ground_truth.json']),
  };
}
