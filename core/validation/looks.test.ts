import { looksAt } from './looks';

const examples = (count: number): number[] => looksAt(count).map((look) => look.examples);

describe('looksAt', () => {
  it('looks at a quarter, half and all of the sample, and may accept from half on', () => {
    expect(looksAt(80)).toEqual([
      { examples: 20, share: 0 },
      { examples: 40, share: 0.1 },
      { examples: 80, share: 0.9 },
    ]);
    expect(examples(54)).toEqual([14, 27, 54]);
  });

  it('leaves out looks at fewer than 5 new examples', () => {
    expect(examples(20)).toEqual([5, 10, 20]);
    expect(examples(16)).toEqual([8, 16]);
    expect(examples(10)).toEqual([5, 10]);
    expect(examples(9)).toEqual([9]);
    expect(examples(1)).toEqual([1]);
  });

  it('gives what a left-out look would have spent to the next one', () => {
    expect(looksAt(9)).toEqual([{ examples: 9, share: 1 }]);
    expect(looksAt(16).map(({ share }) => share)).toEqual([0.1, 0.9]);
    // Half of these is fewer than 5 examples after the quarter: only the last look can accept.
    for (const count of [17, 18]) expect(looksAt(count)).toMatchObject([{ examples: 5, share: 0 }, { share: 1 }]);
    expect(looksAt(19)).toHaveLength(3);
  });

  it('spends the whole level, whatever the size', () => {
    for (let count = 1; count <= 200; count++) {
      const looks = looksAt(count);
      expect(looks.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
      expect(looks.at(-1)).toMatchObject({ examples: count });
      expect(
        looks.every((look, index) => look.examples - (looks[index - 1]?.examples ?? 0) >= Math.min(5, count)),
      ).toBe(true);
    }
  });
});
