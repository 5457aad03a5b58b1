import { pairByExample } from './scores-by-example';

describe('pairByExample', () => {
  it('pairs by id, whatever the order, and sorts the ids', () => {
    const before = new Map([
      ['b', 0.5],
      ['a', 0.25],
    ]);
    const pairs = pairByExample(before, { a: 1, b: 0 });
    expect(pairs).toEqual({ ids: ['a', 'b'], before: [0.25, 0.5], after: [1, 0], differences: [0.75, -0.5] });
  });

  it('refuses different example sets and names the missing ids on both sides', () => {
    expect(() => pairByExample({ a: 1, b: 1 }, { b: 1, c: 1 })).toThrow(
      /different examples: 'before' lacks 'c'; 'after' lacks 'a'/,
    );
    const many = Object.fromEntries(Array.from({ length: 14 }, (_, index) => [`e${index}`, 1]));
    expect(() => pairByExample({}, many)).toThrow(/'before' lacks .* and 4 more/);
  });

  it('refuses no examples and scores that are not numbers', () => {
    expect(() => pairByExample({}, {})).toThrow('there are no examples');
    expect(() => pairByExample({ a: 1 }, { a: Number.NaN })).toThrow("'after' has the score NaN for example 'a'");
  });
});
