import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { unzipSync } from 'fflate';

/**
 * Appends the one entry of a zip archive (a jar, a wheel) whose name matches to `file`. Throws when none or several do.
 */
export async function appendZipEntry(archive: string, matches: (name: string) => boolean, file: string): Promise<void> {
  const entries = Object.values(unzipSync(await readFile(archive), { filter: ({ name }) => matches(name) }));
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) {
    throw new Error(`${path.basename(archive)} has ${entries.length} files of the kind expected instead of one`);
  }
  await appendFile(file, entry);
}
