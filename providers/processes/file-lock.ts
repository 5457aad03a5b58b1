import { mkdir, open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileWriteError } from './file-write-error';
import { processAlive } from './process-alive';

const pollMs = 200;
const refreshMs = 5000;
/** A lock not refreshed for this long is stale; covers owners on other machines of a shared folder. */
const staleMs = 30_000;

/**
 * Runs `task` while holding the lock file, which one process at a time can hold. A lock whose owner is dead, or that was
 * not refreshed for 30 s, is taken over. `onWait` is told once when another process holds it. The folder is made.
 *
 * @throws FileWriteError where the folder or the lock cannot be made; the reason of `signal`; what `task` throws
 */
export async function withFileLock<T>(
  file: string,
  task: () => Promise<T>,
  options: { readonly signal?: AbortSignal | undefined; readonly onWait?: ((owner: string) => void) | undefined } = {},
): Promise<T> {
  const token = `${hostname()} ${process.pid} ${performance.now()}`;
  const failed = (cause: Error): never => {
    throw new FileWriteError(file, cause);
  };
  await mkdir(path.dirname(file), { recursive: true }).catch(failed);
  let told = false;
  while (!(await created(file, token).catch(failed))) {
    options.signal?.throwIfAborted();
    const owner = await staleOrOwner(file).catch(failed);
    if (owner === undefined) continue;
    if (!told) options.onWait?.(owner);
    told = true;
    await sleep(pollMs, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
  const refresh = setInterval(() => {
    // A lock file that was removed by hand is no reason to fail what it protected.
    utimes(file, new Date(), new Date()).catch(() => undefined);
  }, refreshMs);
  refresh.unref();
  try {
    return await task();
  } finally {
    clearInterval(refresh);
    if ((await contents(file)) === token) await rm(file, { force: true });
  }
}

async function created(file: string, token: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    await handle
      .writeFile(token)
      .finally(() => handle.close())
      .catch(async (error: unknown) => {
        // Without its owner it would hold up whoever comes next.
        await rm(file, { force: true });
        throw error;
      });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The owner, or undefined when the lock is gone or was stale and has been removed. */
async function staleOrOwner(file: string): Promise<string | undefined> {
  const [owner, info] = await Promise.all([contents(file), stat(file).catch(() => undefined)]);
  if (owner === undefined || info === undefined) return undefined;
  const age = Date.now() - info.mtimeMs;
  const [host, pid] = owner.split(' ');
  const dead = host === hostname() && !processAlive(Number(pid));
  // An empty lock is one that is being written.
  if (owner === '' ? age < refreshMs : age < staleMs && !dead) return owner;
  // Only one waiter may remove it, and only the lock just judged, not a fresh one in its place.
  if ((await contents(file)) === owner) await rm(file, { force: true });
  return undefined;
}

async function contents(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}
