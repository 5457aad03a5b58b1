import { ordered, shareDifference, shareRight } from './scored-pairs';

const pairs = (rights: number[][]) =>
  rights.flatMap((group, index) => group.map((right) => ({ group: `input-${index}`, right })));

describe('shareRight', () => {
  it('counts ties half and resamples inputs, not pairs', () => {
    expect(ordered('a', 0.1).right).toBe(1);
    expect(ordered('a', 0).right).toBe(0.5);
    expect(ordered('a', -0.1).right).toBe(0);
    const many = pairs(Array.from({ length: 40 }, (_, index) => [index % 2]));
    const few = pairs([new Array<number>(20).fill(1), new Array<number>(20).fill(0)]);
    expect(shareRight(many)).toMatchObject({ value: 0.5, pairs: 40, inputs: 40 });
    const width = ({ ci95: [low, high] }: { ci95: [number, number] }) => high - low;
    expect(width(shareRight(many))).toBeLessThan(0.4);
    expect(shareRight(few).ci95).toEqual([0, 1]);
  });
});

describe('shareDifference', () => {
  it('is sure of a difference that every input shows', () => {
    const { value, ci95 } = shareDifference(pairs([[1, 1], [1, 0], [1]]), pairs([[0, 1], [0, 0], [0]]));
    expect(value).toBeCloseTo(3 / 5);
    expect(ci95[0]).toBeGreaterThan(0);
  });

  it('refuses different pairs', () => {
    expect(() => shareDifference(pairs([[1]]), pairs([[1], [1]]))).toThrow('different pairs');
  });
});
