import { wordDistance } from './word-distance';

describe('wordDistance', () => {
  it.each([
    ['Answer the question.', 'answer  the QUESTION', 0],
    ['Answer the question.', 'Answer the question briefly.', 0.25],
    ['Answer the question.', 'Answer every question.', 1 / 3],
    ['a b c d', 'b c d e', 0.5],
    ['one two', 'three four', 1],
    ['', '', 0],
    ['', 'one', 1],
  ])('of %j and %j is %f', (a, b, distance) => {
    expect(wordDistance(a, b)).toBeCloseTo(distance, 10);
    expect(wordDistance(b, a)).toBeCloseTo(distance, 10);
  });

  it('takes long texts', () => {
    const long = Array.from({ length: 2_000 }, (_, index) => `word${index}`).join(' ');
    expect(wordDistance(long, `${long} more`)).toBeCloseTo(1 / 2_001, 10);
  });
});
