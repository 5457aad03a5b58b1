import { Semaphore } from './semaphore';

it('runs as many at once as it may, the others in order, also after failures', async () => {
  const semaphore = new Semaphore(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const runs = [0, 1, 2, 3, 4].map((item) =>
    semaphore
      .run(async () => {
        begun.push(item);
        await new Promise<void>((resolve) => (ends[item] = resolve));
        if (item % 2 === 0) throw new Error(`failed ${item}`);
        return item;
      })
      .catch((error: unknown) => (error as Error).message),
  );
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const states: number[][] = [];
  for (const item of [1, 0, 2, 3, 4]) {
    await turn();
    states.push([...begun]);
    ends[item]?.();
  }
  expect(states).toEqual([
    [0, 1],
    [0, 1, 2],
    [0, 1, 2, 3],
    [0, 1, 2, 3, 4],
    [0, 1, 2, 3, 4],
  ]);
  expect(await Promise.all(runs)).toEqual(['failed 0', 1, 'failed 2', 3, 'failed 4']);
});
