import { meanScore } from './mean-score';

it('is the mean', () => {
  expect(meanScore([0.25, 1, 0.25])).toBeCloseTo(0.5);
  expect(meanScore([-1])).toBe(-1);
});

it('is exactly the score where all are equal, however many', () => {
  for (let count = 1; count < 12; count++) expect(meanScore(new Array<number>(count).fill(0.7))).toBe(0.7);
});

it('is the same to the last bit in whatever order the scores arrived', () => {
  const scores = [0.1, 0.7, 0.3, 1e-3, 0.9];
  for (const turned of [[...scores].reverse(), [0.9, 0.1, 1e-3, 0.7, 0.3]])
    expect(meanScore(turned)).toBe(meanScore(scores));
});

it('refuses no scores', () => {
  expect(() => meanScore([])).toThrow(RangeError);
});
