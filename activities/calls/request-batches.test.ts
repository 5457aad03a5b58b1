import { requestBatches } from './request-batches';

it('bounds the texts of a request, and loses none', () => {
  const texts = Array.from({ length: 150 }, (_, index) => `${index}`);
  const batches = requestBatches(texts);
  expect(batches.map(({ length }) => length)).toEqual([64, 64, 22]);
  expect(batches.flat()).toEqual(texts);
  expect(requestBatches([])).toEqual([]);
});

it('bounds the bytes of a request, and sends a longer text alone', () => {
  const batches = requestBatches(['a', '首'.repeat(100_000), 'b', 'x'.repeat(200_000), 'c']);
  expect(batches.map((batch) => batch.map((text) => text[0]))).toEqual([['a'], ['首'], ['b', 'x', 'c']]);
});
