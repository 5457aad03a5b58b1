import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A hash of the TypeScript sources in some folders and what is below them, tests left out: what other sources measured is not taken
 * for what these would.
 *
 * @param beside paths of files that decide nothing.
 */
export function sourcesHash(root: string, folders: readonly string[], beside: readonly string[] = []): string {
  const hash = createHash('sha256');
  for (const folder of folders) {
    const paths = readdirSync(join(root, folder), { recursive: true })
      .map((name) => `${folder}/${String(name)}`)
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !beside.includes(path));
    for (const path of paths.sort()) hash.update(`${path}\0`).update(readFileSync(join(root, path)));
  }
  return hash.digest('hex');
}
