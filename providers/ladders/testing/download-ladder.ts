import path from 'node:path';
import { cachedStep } from '../cached-step';
import type { Ladder } from '../climb';
import { publishDownload } from '../download';

/** A ladder of the tests: cache, then a download. */
export function downloadLadder(folder: string, url: string, sha256: string): Ladder<string> {
  const target = path.join(folder, 'thing.bin');
  return {
    what: 'The thing',
    remedy: 'do this',
    lockFile: path.join(folder, 'thing.lock'),
    steps: [
      cachedStep(target, target),
      {
        name: 'download',
        kind: 'install',
        take: async (attempt) => {
          await publishDownload(url, target, { sha256, attempt });
          return target;
        },
      },
    ],
  };
}
