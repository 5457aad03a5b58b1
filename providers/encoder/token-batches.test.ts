import { tokenBatches } from './token-batches';

it('puts only texts of one length together, none twice and none left out', () => {
  expect(tokenBatches([3, 5, 3, 3, 5, 9], 100)).toEqual([[0, 2, 3], [1, 4], [5]]);
});

it('bounds the tokens of a batch, and leaves a longer text alone', () => {
  expect(tokenBatches([3, 3, 3, 20, 20], 6)).toEqual([[0, 1], [2], [3], [4]]);
  expect(tokenBatches([3, 3], 0)).toEqual([[0], [1]]);
  expect(tokenBatches([], 10)).toEqual([]);
});
