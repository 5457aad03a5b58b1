import { FairSemaphore } from './fair-semaphore';

const never = new AbortController().signal;

describe('FairSemaphore', () => {
  it('lets in as many as there are slots, then in order of asking', async () => {
    const semaphore = new FairSemaphore(1);
    const order: string[] = [];
    const first = await semaphore.acquire(never);
    const waiting = ['b', 'c', 'd'].map(async (name) => {
      const release = await semaphore.acquire(never);
      order.push(name);
      release();
    });
    expect(order).toEqual([]);
    first();
    await Promise.all(waiting);
    expect(order).toEqual(['b', 'c', 'd']);
  });

  it('takes an aborted caller out of the queue without losing the slot', async () => {
    const semaphore = new FairSemaphore(1);
    const release = await semaphore.acquire(never);
    const controller = new AbortController();
    const aborted = semaphore.acquire(controller.signal);
    const next = semaphore.acquire(never);
    controller.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    release();
    (await next)();
    (await semaphore.acquire(never))();
  });

  it('refuses an already aborted caller and ignores a second release', async () => {
    const semaphore = new FairSemaphore(1);
    await expect(semaphore.acquire(AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
    const release = await semaphore.acquire(never);
    release();
    release();
    await semaphore.acquire(never);
    let entered = false;
    void semaphore.acquire(never).then(() => (entered = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(entered).toBe(false);
  });

  it('prefers the better priority, lets runs of one priority take turns, and forgets who left', async () => {
    const semaphore = new FairSemaphore(1);
    const order: string[] = [];
    const release = await semaphore.acquire(never);
    const leaving = new AbortController();
    const enter = async (run: string, priority: number, signal = never): Promise<void> => {
      const done = await semaphore.acquire(signal, { run, priority });
      order.push(run);
      done();
    };
    const waiting = [
      ...['late', 'a', 'a', 'a', 'b', 'b', 'urgent'].map((run) =>
        enter(run, run === 'urgent' ? 1 : run === 'late' ? 5 : 3),
      ),
      enter('gone', 2, leaving.signal).catch(() => undefined),
    ];
    leaving.abort(new Error('enough'));
    release();
    await Promise.all(waiting);
    expect(order).toEqual(['urgent', 'a', 'b', 'a', 'b', 'a', 'late']);
    (await semaphore.acquire(never))();
  });
});
