import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processAlive } from './process-alive';
import { programArguments } from './program';
import { startForeignProgram, startOwnProgram } from './start-process';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'optimas-processes-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const patient = (argument: string, readyTimeoutMs = 20_000) => ({
  name: 'the patient program',
  program: path.join(__dirname, 'testing', 'patient-program'),
  arguments: [argument],
  logFile: path.join(folder, 'log'),
  readyTimeoutMs,
});

async function untilEnded(pid: number, withinMs: number): Promise<boolean> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(50)) {
    if (!processAlive(pid)) return true;
  }
  return false;
}

describe('child processes', () => {
  it('end when their parent is killed with kill -9, the group of a foreign program included', async () => {
    const program = programArguments(path.join(__dirname, 'testing', 'parent-program'));
    const parent = spawn(process.execPath, [...program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    const line = await new Promise<string>((resolve) =>
      parent.stdout.once('data', (data: Buffer) => resolve(String(data))),
    );
    const { own, foreign } = JSON.parse(line) as { own: number; foreign: number };
    await sleep(200);
    const grandchild = Number(await readFile(path.join(folder, 'grandchild'), 'utf8'));
    expect([own, foreign, grandchild].map(processAlive)).toEqual([true, true, true]);
    parent.kill('SIGKILL');
    expect(await Promise.all([own, foreign, grandchild].map((pid) => untilEnded(pid, 8000)))).toEqual([
      true,
      true,
      true,
    ]);
  }, 60_000);

  it('tell when they are ready, and stop', async () => {
    const running = await startOwnProgram(patient('hello'));
    expect(running.detail).toEqual({ argument: 'hello' });
    expect(processAlive(running.pid)).toBe(true);
    await running.stop();
    expect(processAlive(running.pid)).toBe(false);
  }, 30_000);

  it('that end early are reported with the end of their log', async () => {
    await expect(startOwnProgram(patient('fail'))).rejects.toThrow(
      /^the patient program ended before it was ready \(code 3\).*\nno luck today$/s,
    );
  }, 30_000);

  it('that never become ready are ended after the time limit', async () => {
    await expect(startOwnProgram(patient('silent', 2500))).rejects.toThrow('was not ready after 2.5 s');
  }, 30_000);

  it('that do not exist are reported by name', async () => {
    const started = startForeignProgram({
      name: 'the missing program',
      command: 'no-such-program-here',
      arguments: [],
      logFile: path.join(folder, 'log'),
      ready: async () => true,
    });
    await expect(started).rejects.toThrow(/cannot start no-such-program-here/);
  }, 30_000);
});
