import { boundedChunks, chunks, together } from './fan-out';
import { mostActivitiesPerFanOut } from './long-history';

const covered = (ranges: { from: number; to: number }[]): number[] =>
  ranges.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index));
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('boundedChunks', () => {
  it('gives the ranges that were asked for where they are few', () => {
    expect(boundedChunks(20, 8)).toEqual([
      { from: 0, to: 8 },
      { from: 8, to: 16 },
      { from: 16, to: 20 },
    ]);
    expect(boundedChunks(800, 8)).toEqual(chunks(800, 8));
    expect(boundedChunks(0, 8)).toEqual([]);
  });

  it.each([
    { count: 3_000, size: 8, groups: 1 },
    { count: 3_000, size: 8, groups: 2 },
    { count: 1_000, size: 8, groups: 4 },
    { count: 801, size: 8, groups: 1 },
    { count: 101, size: 1, groups: 1 },
    { count: 7, size: 1, groups: 33 },
    { count: 100_000, size: 8, groups: 100 },
  ])('keeps $groups times $count in ranges of $size within the bound of a fan-out', ({ count, size, groups }) => {
    const ranges = boundedChunks(count, size, groups);
    expect(groups * ranges.length).toBeLessThanOrEqual(mostActivitiesPerFanOut);
    expect(covered(ranges)).toEqual(upTo(count));
  });

  it('does not cut what it can not bound: one range each', () => {
    expect(boundedChunks(50, 8, 101)).toEqual([{ from: 0, to: 50 }]);
  });
});

describe('together', () => {
  it('gives both results, by place', async () => {
    await expect(together([Promise.resolve('one'), Promise.resolve(2)] as const)).resolves.toEqual(['one', 2]);
  });

  it('throws only when the other one has ended as well', async () => {
    let end = (): void => {};
    let ended = false;
    const slow = new Promise<void>((resolve) => (end = resolve)).then(() => (ended = true));
    const both = together([Promise.reject(new Error('stopped')), slow]).catch(
      (error: Error) => `${error.message}, ${ended}`,
    );
    setTimeout(end, 20);
    await expect(both).resolves.toBe('stopped, true');
  });
});
