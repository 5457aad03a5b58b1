import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cacheFolder, climb, temporalLadder } from '../../providers/ladders';
import type { Config } from '../../workers/config/define-config';
import { openTemporal } from './open-temporal';
import type { Terminal } from './terminal';

describe('openTemporal', () => {
  const { PATH, TEMPORAL_ADDRESS } = process.env;
  const earlier = process.cwd();
  let folder = '';

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'optimas-open-'));
    // The state folder is in the working directory.
    process.chdir(folder);
    delete process.env['TEMPORAL_ADDRESS'];
  });

  afterEach(async () => {
    process.chdir(earlier);
    process.env['PATH'] = PATH;
    if (TEMPORAL_ADDRESS !== undefined) process.env['TEMPORAL_ADDRESS'] = TEMPORAL_ADDRESS;
    await rm(folder, { recursive: true, force: true });
  });

  it('says from which step of the ladder the server comes', async () => {
    // A server named by TEMPORAL_ADDRESS is no executable: this test starts one.
    const { value, step } = await climb(temporalLadder(cacheFolder(), { ...process.env, TEMPORAL_ADDRESS: '' }));
    if (!('binary' in value)) throw new Error('expected an executable');
    const opened = async (): Promise<string> => {
      const notes: string[] = [];
      const config = {
        kind: 'optimas.config',
        systems: [],
        temporal: { namespace: 'open-temporal' },
      } as unknown as Config;
      const project = {
        config,
        configFile: path.join(folder, 'optimas.config.ts'),
        databaseUrl: `file:${path.join(folder, 'optimas.db')}`,
        taskQueue: 'open-temporal',
        bundled: undefined,
      };
      const terminal = { note: (line: string) => notes.push(line) } as unknown as Terminal;
      const { runs, server } = await openTemporal(project, terminal, new AbortController().signal);
      await runs.close();
      await server?.stop();
      return notes.find((line) => line.startsWith('Temporal server: ')) ?? notes.join('\n');
    };
    const line = (name: string) =>
      new RegExp(`^Temporal server: started at 127\\.0\\.0\\.1:\\d+ \\(pid \\d+, ${name}, web interface http`);
    expect(await opened()).toMatch(line(step));

    await writeFile(path.join(folder, 'temporal'), `#!/bin/sh\nexec '${value.binary}' "$@"\n`, { mode: 0o755 });
    process.env['PATH'] = `${folder}${path.delimiter}${PATH}`;
    expect(await opened()).toMatch(line('`temporal` on PATH'));
  }, 120_000);
});
