import { LaneQueue } from './lane-queue';

const { signal } = new AbortController();

/** Requests that record in which order they enter; the lane is given back by `leave`. */
function requests(queue: LaneQueue) {
  const entered: string[] = [];
  const releases: (() => void)[] = [];
  const request = (name: string, reusable: number, from = signal): Promise<void> =>
    queue
      .acquire(from, () => reusable)
      .then((release) => {
        entered.push(name);
        releases.push(release);
      });
  const leave = async (): Promise<void> => {
    releases.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { entered, request, leave };
}

describe('LaneQueue', () => {
  it('lets those in first that can reuse the most, and of equals the one that asked first', async () => {
    const { entered, request, leave } = requests(new LaneQueue(1));
    const all = [request('first', 0), request('little', 64), request('much', 512), request('also much', 512)];
    for (const _ of all) await leave();
    await Promise.all(all);
    expect(entered).toEqual(['first', 'much', 'also much', 'little']);
  });

  it('has no more in than lanes', async () => {
    const { entered, request, leave } = requests(new LaneQueue(2));
    const all = ['a', 'b', 'c'].map((name) => request(name, 0));
    await Promise.all(all.slice(0, 2));
    expect(entered).toEqual(['a', 'b']);
    await leave();
    expect(entered).toEqual(['a', 'b', 'c']);
    await leave();
    await leave();
    await request('d', 0);
    expect(entered).toEqual(['a', 'b', 'c', 'd']);
  });

  it('passes nobody over for ever', async () => {
    const { entered, request, leave } = requests(new LaneQueue(1));
    await request('first', 0);
    const patient = request('patient', 0);
    for (let turn = 0; turn < 40; turn++) {
      void request(`hurried ${turn}`, 512);
      await leave();
    }
    await patient;
    expect(entered.indexOf('patient')).toBe(25);
  });

  it('forgets who leaves the queue', async () => {
    const { entered, request, leave } = requests(new LaneQueue(1));
    const impatient = new AbortController();
    await request('first', 0);
    const gone = request('gone', 512, impatient.signal);
    const next = request('next', 0);
    impatient.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    await leave();
    await next;
    expect(entered).toEqual(['first', 'next']);
  });
});
