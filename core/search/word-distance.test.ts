import { wordDistance } from './word-distance';

describe('wordDistance', () => {
  it.each([
    ['Answer the question.', 'answer  the QUESTION', 0],
    ['Answer the question.', 'Answer the question briefly.', 0.25],
    ['Answer the question.', 'Answer every question.', 1 / 3],
    ['a b c d', 'b c d e', 0.5],
    ['a b c', 'a b c b c', 0.4],
    ['b a', 'a b', 1],
    ['x a b c', 'x b a c', 0.5],
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
    expect(wordDistance(long, `word0 ${long}`)).toBeCloseTo(1 / 2_001, 10);
  });

  it('need not be exact beyond what is asked', () => {
    const exact = wordDistance('a b c d e f', 'c a x d b y');
    expect(wordDistance('a b c d e f', 'c a x d b y', 0.9)).toBe(exact);
    const bound = wordDistance('a b c d e f', 'c a x d b y', 0.2);
    expect(bound).toBe(1 / 3);
    expect(exact).toBeGreaterThan(bound);
  });

  it('is found at once where very long texts share nothing', () => {
    const [one, two] = ['a', 'b'].map((name) =>
      Array.from({ length: 100_000 }, (_, index) => `${name}${index}`).join(' '),
    ) as [string, string];
    expect(wordDistance(one, two, 0.5)).toBe(1);
  });
});
