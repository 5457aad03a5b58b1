import { remember } from './remember';

describe('remember', () => {
  it('makes a value once per key, also for those who ask meanwhile', async () => {
    const asked: string[] = [];
    const recall = remember(async (key: string) => {
      asked.push(key);
      return key.toUpperCase();
    });
    expect(await Promise.all([recall('a'), recall('a'), recall('b')])).toEqual(['A', 'A', 'B']);
    expect(await recall('a')).toBe('A');
    expect(asked).toEqual(['a', 'b']);
  });

  it('forgets a failure', async () => {
    let tries = 0;
    const recall = remember(async () => {
      if (++tries === 1) throw new Error('not yet');
      return tries;
    });
    const both = await Promise.allSettled([recall(), recall()]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await recall()).toBe(2);
  });
});
