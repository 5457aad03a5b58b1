import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { climb } from '../ladders/climb';
import { cacheFolder } from '../ladders/cache-folder';
import { temporalLadder } from '../ladders/temporal-ladder';
import { processAlive } from './process-alive';
import { startTemporalServer } from './temporal-server';

describe('a Temporal server', () => {
  it('is started, found again by whoever asks next, stopped, and started on another port where one was taken', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'optimas-temporal-'));
    // A server named by TEMPORAL_ADDRESS is no executable: this test starts one.
    const { value } = await climb(temporalLadder(cacheFolder(), { ...process.env, TEMPORAL_ADDRESS: '' }));
    if (!('binary' in value)) throw new Error('expected an executable');
    const options = {
      binary: value.binary,
      dbFilename: path.join(folder, 'temporal.db'),
      namespace: 'tuning',
      logFile: path.join(folder, 'temporal.log'),
      recordFile: path.join(folder, 'temporal.json'),
      searchAttributes: { OptimasSystem: 'Keyword' },
      dynamicConfig: { 'matching.useNewMatcher': true },
    };
    const [first, second] = await Promise.all([startTemporalServer(options), startTemporalServer(options)]);
    try {
      expect([first.found, second.found].sort()).toEqual([false, true]);
      expect(second.address).toBe(first.address);
      const port = Number(first.address.split(':')[1]);
      await expect(startTemporalServer({ ...options, recordFile: undefined, port })).rejects.toThrow(
        `port ${port} for the Temporal server is in use`,
      );
    } finally {
      await Promise.all([first.stop(), second.stop()]);
    }
    expect(processAlive(first.pid)).toBe(false);
    // Bytes 18 and 19 of an SQLite file: 2 for a write-ahead log.
    expect([...(await readFile(options.dbFilename)).subarray(18, 20)]).toEqual([2, 2]);

    // A server whose port another program takes in the moment before it listens.
    const unlucky = path.join(folder, 'unlucky.sh');
    const marker = path.join(folder, 'marker');
    await writeFile(
      unlucky,
      `#!/bin/sh\nif [ -e ${marker} ]; then exec ${value.binary} "$@"; fi\ntouch ${marker}\necho address already in use\nexit 2\n`,
      { mode: 0o755 },
    );
    const lucky = await startTemporalServer({ ...options, binary: unlucky });
    await lucky.stop();
    await rm(folder, { recursive: true, force: true });
  }, 600_000);
});
