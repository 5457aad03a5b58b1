import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { databaseKinds, TestDatabases } from '../test/support/test-databases';
import { typescriptFlags } from '../test/support/typescript-flags';
import { storesOf } from './stores';

const [processes, writers, each] = [3, 32, 10];

describe.each(databaseKinds)('on %s', (kind) => {
  const databases = new TestDatabases(kind);
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  async function start(name: string, count: number) {
    const program = join(__dirname, 'testing', 'write-program.js');
    const child = spawn(process.execPath, [...typescriptFlags, program, databases.url, name, `${count}`, `${each}`], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    children.push(child);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const line = async (): Promise<string> => {
      const { value, done } = await lines.next();
      if (done === true) throw new Error('the process ended too early');
      return value;
    };
    expect(await line()).toBe('ready');
    return { child, measured: async () => JSON.parse(await line()) as { ms: number; stallMs: number } };
  }

  it('3 processes of 32 writers each lose nothing, and none of them freezes', async () => {
    const database = await databases.open();
    // The same machine and disk seen by a process that writes a file of its own: what it waits is not our doing.
    const idle = await start(databases.file('idle'), 0);
    const started = await Promise.all(Array.from({ length: processes }, (_, index) => start(`${index}`, writers)));
    for (const { child } of [idle, ...started]) child.stdin.write('go\n');
    const measured = await Promise.all(started.map((one) => one.measured()));
    idle.child.stdin.end();
    const { stallMs: elsewhere } = await idle.measured();

    const total = processes * writers * each;
    const { counters, ledger, spend } = storesOf(database);
    expect(await counters.all('run')).toEqual({ writes: total });
    expect(await spend.totals('run')).toMatchObject({ entries: total, calls: total, usd: total / 4 });
    const entries = await ledger.list('run');
    expect(entries.map(({ sequence }) => sequence)).toEqual(Array.from({ length: total }, (_, index) => index + 1));
    expect(new Set(entries.map(({ key }) => key)).size).toBe(total);
    for (const { stallMs } of measured) expect(stallMs).toBeLessThan(250 + 2 * elsewhere);
  }, 120_000);
});
