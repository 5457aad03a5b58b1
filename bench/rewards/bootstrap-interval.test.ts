import { mean } from '../../core/validation/moments';
import { bootstrapInterval } from './bootstrap-interval';

const total = (drawn: readonly number[]): number => drawn.reduce((sum, value) => sum + value, 0);

describe('bootstrapInterval', () => {
  it('draws with replacement as many as there are', () => {
    const sizes = new Set<number>();
    const seen = new Set<string>();
    bootstrapInterval(['a', 'b', 'c'], (drawn) => {
      sizes.add(drawn.length);
      seen.add(drawn.join(''));
      return 0;
    });
    expect([...sizes]).toEqual([3]);
    // All 27 there are: each is 1 of 27, and 2,000 are drawn.
    expect(seen.size).toBe(27);
  });

  it('cuts 2.5 % off each end', () => {
    // The total of coins is binomial. P(total <= 1 of 10) = 1.1 % and P(total <= 2 of 10) = 5.5 %; P(total <= 3 of 16) = 1.1 % and
    // P(total <= 4 of 16) = 3.8 %. A 90 % interval of 16 would begin at 5, a 99 % one of 10 at 1.
    const coins = (count: number): number[] => Array.from({ length: count }, (_, index) => index % 2);
    expect(bootstrapInterval(coins(10), total)).toEqual([2, 8]);
    expect(bootstrapInterval(coins(16), total)).toEqual([4, 12]);
  });

  it('is the same each time, and a point where all groups are alike', () => {
    const values = [0.3, 0.1, 0.7, 0.4, 0.2];
    expect(bootstrapInterval(values, mean)).toEqual(bootstrapInterval(values, mean));
    expect(bootstrapInterval([0.5, 0.5, 0.5], mean)).toEqual([0.5, 0.5]);
  });
});
