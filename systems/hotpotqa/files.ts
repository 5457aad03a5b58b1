import { dataFolder } from '../../providers/ladders/data-folder';
import { dataSource, findDataFile, requireDataFile, type DataSource } from '../datasets/find-data-file';

export interface HotpotqaFiles {
  source: DataSource;
  train: string;
  dev: string;
  /** The 100 questions that Optimas is measured on in the paper's code; undefined where only the official files are. */
  sample: string | undefined;
}

/** Finds the files: JSON lines, else the official arrays. @throws DefinitionError where there are none, with what to do */
export function hotpotqaFiles(folder = dataFolder()): HotpotqaFiles {
  const source = dataSource('hotpotqa', folder);
  return {
    source,
    train: requireDataFile(source, ['hotpotqa_train.jsonl', 'hotpot_train_v1.1.json']),
    dev: requireDataFile(source, ['hotpotqa_dev.jsonl', 'hotpot_dev_distractor_v1.json']),
    sample: findDataFile(source, ['hotpotqa_sample.jsonl']),
  };
}
