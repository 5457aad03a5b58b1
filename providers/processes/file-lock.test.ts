import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withFileLock } from './file-lock';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'optimas-lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a file lock', () => {
  it('lets one holder in at a time and leaves nothing behind', async () => {
    let inside = 0;
    let most = 0;
    const task = () =>
      withFileLock(path.join(folder, 'lock'), async () => {
        most = Math.max(most, ++inside);
        await sleep(20);
        inside--;
      });
    await Promise.all([task(), task(), task()]);
    expect(most).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it('that cannot be made says which and why', async () => {
    await writeFile(path.join(folder, 'file'), '');
    const lock = path.join(folder, 'file', 'lock');
    await expect(withFileLock(lock, async () => 'in')).rejects.toMatchObject({
      name: 'FileWriteError',
      file: lock,
      message: expect.stringMatching(/\/file\/lock could not be written: EEXIST: file already exists, mkdir/),
    });
  });

  it('leaves what its task throws as it is', async () => {
    const thrown = Object.assign(new Error('mine'), { code: 'ENOSPC' });
    await expect(withFileLock(path.join(folder, 'lock'), () => Promise.reject(thrown))).rejects.toBe(thrown);
  });

  it('is taken over from a dead owner', async () => {
    // The largest pid of Linux is 4,194,304.
    await writeFile(path.join(folder, 'lock'), `${hostname()} 4999999 0`);
    await expect(withFileLock(path.join(folder, 'lock'), async () => 'in')).resolves.toBe('in');
  });

  it('is not taken from a living owner, and waiting for it can be aborted', async () => {
    await writeFile(path.join(folder, 'lock'), `${hostname()} ${process.pid} 0`);
    const owners: string[] = [];
    const waiting = withFileLock(path.join(folder, 'lock'), async () => 'in', {
      signal: AbortSignal.timeout(600),
      onWait: (owner) => owners.push(owner),
    });
    await expect(waiting).rejects.toThrow(/abort/);
    expect(owners).toEqual([`${hostname()} ${process.pid} 0`]);
  });
});
