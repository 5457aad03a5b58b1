import { setImmediate as turn } from 'node:timers/promises';
import type { RunningProcess } from '../../providers/processes';
import { supervise } from './supervised-worker';

/** A process that ends when it is stopped, or when the test says so. */
function running(pid: number): RunningProcess & { end(): void } {
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  const stop = async (): Promise<void> => {
    end();
    await ended;
  };
  return { pid, logFile: 'worker.log', detail: undefined, ended, stop, end };
}

const isOver = async (process: RunningProcess): Promise<boolean> =>
  Promise.race([process.ended.then(() => true), turn(false)]);

describe('supervise', () => {
  it('starts another one, a limited number of times', async () => {
    const started: ReturnType<typeof running>[] = [];
    const notes: string[] = [];
    const worker = await supervise(
      async () => {
        const next = running(started.length);
        started.push(next);
        return next;
      },
      (line) => notes.push(line),
    );
    for (let count = 0; count < 4; count++) {
      started[count]?.end();
      await turn();
    }
    expect(started).toHaveLength(4);
    expect(notes.join()).toMatch(/ended 4 times: see worker\.log/);
    await worker.stop();
  });

  it('ends one that is just being started when it is stopped', async () => {
    const [first, second] = [running(1), running(2)];
    let finishStart = (): void => {};
    const starting = new Promise<RunningProcess>((resolve) => (finishStart = () => resolve(second)));
    const worker = await supervise(
      (how) => (how === 'started' ? Promise.resolve(first) : starting),
      () => {},
    );
    first.end();
    await turn();
    const stopping = worker.stop();
    await turn();
    finishStart();
    await turn();
    expect(await isOver(second)).toBe(true);
    await stopping;
  });
});
