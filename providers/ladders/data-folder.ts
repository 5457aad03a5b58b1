import path from 'node:path';
import { cacheFolder } from './cache-folder';

/** Where the files of data sets are: `OPTIMAS_DATA_DIR`, else `data` in the cache folder. */
export function dataFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const set = environment['OPTIMAS_DATA_DIR'];
  // An empty variable counts as unset.
  return set ? path.resolve(set) : path.join(cacheFolder(environment), 'data');
}
