import { relativeDifference } from './compare-numbers';

const difference = (one: number[], other: number[]): number =>
  relativeDifference(Float32Array.from(one), Float32Array.from(other));

describe('relativeDifference', () => {
  it('is the largest difference, as a share of the largest number', () => {
    expect(difference([1, -4, 2], [1, -3, 2.5])).toBe(0.25);
    expect(difference([0, 0], [0, 0])).toBe(0);
    expect(difference([0], [1])).toBe(Infinity);
  });

  it('refuses what cannot be compared: a result that is missing or no number must not pass for equal', () => {
    expect(() => difference([], [])).toThrow(RangeError);
    expect(() => difference([1], [1, 2])).toThrow(RangeError);
    expect(() => difference([1, NaN], [1, NaN])).toThrow(RangeError);
  });
});
