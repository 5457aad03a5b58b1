import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FileWriteError } from '../processes/file-write-error';

/**
 * Lets `build` fill a temporary folder beside `target` and then moves the file or folder that it returns to `target`, in
 * one step: a half-written target is never seen, whatever ends this process. An existing target stays when it cannot be
 * replaced (a folder that another process published first). To be called by one process at a time for one target.
 *
 * @throws FileWriteError where nothing can be made beside `target`
 */
export async function publish(target: string, build: (workFolder: string) => Promise<string>): Promise<void> {
  const parent = path.dirname(target);
  const failed = (cause: Error): never => {
    throw new FileWriteError(target, cause);
  };
  await mkdir(parent, { recursive: true }).catch(failed);
  const prefix = `.partial-${path.basename(target)}-`;
  // The ladder's lock is held, so these are of processes that were killed.
  const leftOver = (await readdir(parent)).filter((name) => name.startsWith(prefix));
  await Promise.all(leftOver.map((name) => rm(path.join(parent, name), { recursive: true, force: true })));
  const workFolder = await mkdtemp(path.join(parent, prefix)).catch(failed);
  try {
    const built = await build(workFolder);
    await rename(built, target).catch(async (error: NodeJS.ErrnoException) => {
      const publishedByAnother = error.code === 'ENOTEMPTY' || error.code === 'EEXIST';
      if (!publishedByAnother) throw error;
    });
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

/** The sha256 of a file, in hex. */
export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Throws when the file's sha256 is not `expected`. */
export async function verifySha256(file: string, expected: string): Promise<void> {
  const actual = await sha256OfFile(file);
  if (actual !== expected) {
    throw new Error(`checksum mismatch of ${path.basename(file)}: expected sha256 ${expected}, got ${actual}`);
  }
}
