import { SubsetSums } from './subset-sums';

it('sums every row over the subset, for any number of values', () => {
  for (const count of [1, 7, 8, 9, 20]) {
    const first = Array.from({ length: count }, (_, index) => 3 ** (index % 5) + index);
    const second = first.map((value) => -value / 7);
    const sums = new SubsetSums([first, second]);
    const subset = Uint8Array.from({ length: sums.bytes }, (_, byte) => 37 * byte + 0b10110101);
    const inside = (_: number, index: number): boolean => (((subset[index >> 3] as number) >> (index & 7)) & 1) === 1;
    const total = (row: number[]): number => row.filter(inside).reduce((sum, value) => sum + value, 0);
    const found = new Float64Array(2);
    sums.over(subset, found);
    expect([...found]).toEqual([expect.closeTo(total(first), 9), expect.closeTo(total(second), 9)]);
  }
});
