import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A hash of some TypeScript sources, and of those in folders and below, tests left out: what other sources measured is not taken
 * for what these would.
 *
 * @param beside paths of files that decide nothing.
 */
export function sourcesHash(root: string, places: readonly string[], beside: readonly string[] = []): string {
  const hash = createHash('sha256');
  for (const place of places) {
    const below = (): string[] =>
      readdirSync(join(root, place), { recursive: true }).map((name) => `${place}/${String(name)}`);
    const paths = (place.endsWith('.ts') ? [place] : below()).filter(
      (path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !beside.includes(path),
    );
    for (const path of paths.sort()) hash.update(`${path}\0`).update(readFileSync(join(root, path)));
  }
  return hash.digest('hex');
}
