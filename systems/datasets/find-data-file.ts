import path from 'node:path';
import { DefinitionError } from '../../core/system/definition-error';
import { dataSets, type DataSetName } from '../../providers/ladders/data-sets';
import { isPresent } from '../../providers/ladders/is-present';

/** A data set, as errors tell of it. */
export interface DataSource {
  /** `HotpotQA` */
  name: string;
  /** What `optimas setup --data` calls it. */
  setupName: string;
  /** The official page that it is downloaded from. */
  page: string;
  folder: string;
}

/** A data set of `optimas setup --data`. */
export function dataSource(setupName: DataSetName, folder: string): DataSource {
  const { title, page } = dataSets[setupName];
  return { name: title, setupName, page, folder };
}

/** The first of `names` that is in the source's folder; undefined where none is. An empty file counts as missing, as it does to `optimas setup --data`. */
export function findDataFile({ folder }: DataSource, names: readonly string[]): string | undefined {
  return names.map((name) => path.join(folder, name)).find((file) => isPresent(file));
}

/** As `findDataFile`. @throws DefinitionError that says where it looked and what to do */
export function requireDataFile(source: DataSource, names: readonly string[]): string {
  const found = findDataFile(source, names);
  if (found !== undefined) return found;
  const { name, setupName, page, folder } = source;
  throw new DefinitionError(
    `the ${name} data is missing: there is no ${names.join(' or ')} in ${folder}. ` +
      `Fetch it with 'optimas setup --data ${setupName}', set OPTIMAS_DATA_DIR to the folder that has it, ` +
      `or download ${names.at(-1)} from ${page} into ${folder}`,
  );
}
