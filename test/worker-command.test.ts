import { readFileSync } from 'node:fs';
import { processAlive } from '../providers/processes';
import { suiteEnvironment } from './suite-environment';
import { CommandLine, type RunningCommand } from './support/command-line';
import { until } from './support/until';

jest.setTimeout(400_000);

const { ensureCompiled } = jest.requireActual<{ ensureCompiled: () => void }>('../scripts/compile.js');
const ofLinux = process.platform === 'linux' ? it : it.skip;
const own = { ...process.env };
const settings = { MALLOC_ARENA_MAX: '4', NODE_OPTIONS: '--max-semi-space-size=8' };
let queues = 0;

beforeAll(() => {
  ensureCompiled();
  for (const name of Object.keys(settings)) delete process.env[name];
});
afterAll(() => {
  for (const name of Object.keys(settings)) if (own[name] !== undefined) process.env[name] = own[name];
});

const projects: CommandLine[] = [];
afterEach(async () => {
  for (const project of projects.splice(0)) await project.close();
});

/** `optimas worker` in a project of its own, once it serves; with the id of the process that does. */
async function startWorker(environment: Record<string, string> = {}): Promise<RunningCommand & { servingPid: number }> {
  const project = new CommandLine(environment);
  projects.push(project);
  const taskQueue = `worker-command-${process.pid}-${queues++}`;
  project.write(
    'optimas.config.ts',
    `import { defineConfig } from 'optimas';
    import { scriptedChain } from '${require.resolve('../dist/systems/synthetic')}';
    export default defineConfig({
      endpoints: { scripted: { baseURL: 'http://127.0.0.1:9/v1', models: { small: {}, large: {} } } },
      encoder: 'hashed-ngrams',
      systems: [scriptedChain()],
      temporal: { address: '${suiteEnvironment().address}', taskQueue: '${taskQueue}' },
    });`,
  );
  const command = project.start('worker');
  const [, pid] = await command.says(/worker optimas@\S+:(\d+) serves/);
  return { ...command, servingPid: Number(pid) };
}

const environmentOf = (pid: number) => readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');

describe('optimas worker', () => {
  ofLinux('serves with two memory arenas and room for young objects, and ends with code 0 at SIGTERM', async () => {
    const worker = await startWorker();
    expect(worker.servingPid).not.toBe(worker.child.pid);
    expect(environmentOf(worker.servingPid)).toEqual(
      expect.arrayContaining(['MALLOC_ARENA_MAX=2', 'NODE_OPTIONS=--max-semi-space-size=64']),
    );
    worker.child.kill('SIGTERM');
    // As from a service manager that tells all processes of a service: the one that serves then hears of it twice.
    process.kill(worker.servingPid, 'SIGTERM');
    expect((await worker.ended).code).toBe(0);
    expect(processAlive(worker.servingPid)).toBe(false);
  });

  ofLinux('does not outlive a kill -9 of the command, and fails when what serves is killed', async () => {
    const first = await startWorker();
    first.child.kill('SIGKILL');
    await until(() => !processAlive(first.servingPid));
    const second = await startWorker();
    process.kill(second.servingPid, 'SIGKILL');
    expect((await second.ended).code).toBe(137);
  });

  it("serves in its own process under a person's own settings", async () => {
    const worker = await startWorker(settings);
    expect(worker.servingPid).toBe(worker.child.pid);
    worker.child.kill('SIGINT');
    expect((await worker.ended).code).toBe(0);
  });
});
