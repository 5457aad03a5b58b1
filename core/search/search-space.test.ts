import { integer, oneOf, range } from '../system/variable';
import { coordinateOf, gridValues, isExhaustible, searchSpace, valueAt } from './search-space';

const [blend, choice, depth, rate] = searchSpace({
  rate: range(1e-4, 1, { scale: 'log' }),
  depth: integer(1, 4),
  choice: oneOf(['a', 'b', { c: 1 }]),
  blend: range(0, 1),
}) as [never, never, never, never];

describe('searchSpace', () => {
  it('is in order of name, without prompts and models', () => {
    expect(searchSpace({ b: range(0, 1), a: integer(1, 2) }).map((item) => item.name)).toEqual(['a', 'b']);
  });

  it('maps coordinates to values and back', () => {
    expect(valueAt(blend, 0.25)).toBe(0.25);
    expect(valueAt(rate, 0.5)).toBeCloseTo(0.01);
    expect(coordinateOf(rate, 0.01)).toBeCloseTo(0.5);
    expect(valueAt(choice, 2)).toEqual({ c: 1 });
    expect(coordinateOf(choice, { c: 1 })).toBe(2);
    for (const value of [1, 2, 3, 4]) expect(valueAt(depth, coordinateOf(depth, value))).toBe(value);
  });

  it('gives every whole number an equal share of the coordinate', () => {
    const counts = [0, 0, 0, 0, 0];
    for (let step = 0; step < 400; step++) counts[valueAt(depth, (step + 0.5) / 400) as number]! += 1;
    expect(counts).toEqual([0, 100, 100, 100, 100]);
  });

  it('refuses values outside the space, naming the variable', () => {
    expect(() => coordinateOf(choice, 'z')).toThrow('variable \'choice\' has no value "z"');
    expect(() => coordinateOf(depth, 7)).toThrow("variable 'depth' is 7, outside 1..4");
  });

  it('rounds to a ten-thousandth of a range, also of a narrow one far from zero, and never leaves it', () => {
    expect(valueAt(blend, 0.3718281828)).toBe(0.3718);
    const [narrow, third] = searchSpace({ a: range(1e6, 1e6 + 1), b: range(0, 2 / 3) }) as [never, never];
    expect(valueAt(narrow, 0.3718281828)).toBe(1_000_000.3718);
    expect(valueAt(third, 1)).toBe(2 / 3);
    expect(valueAt(rate, 0.123456789)).toBe(0.000311765);
  });

  it('knows which grids leave nothing out', () => {
    const space = searchSpace({ a: oneOf([1, 2]), b: integer(1, 8), c: integer(1, 9), d: range(0, 1), e: range(2, 2) });
    expect(space.filter(isExhaustible).map(({ name }) => name)).toEqual(['a', 'b', 'e']);
  });

  it('makes grids on the scale of the variable, with both ends and the incumbent', () => {
    expect(gridValues(blend, 0.3)).toEqual([0, 0.25, 0.3, 0.5, 0.75, 1]);
    expect(gridValues(rate, 0.01)).toEqual([1e-4, 1e-3, 1e-2, 0.1, 1]);
    expect(gridValues(depth, 2)).toEqual([1, 2, 3, 4]);
    expect(gridValues(searchSpace({ n: integer(1, 1000, { scale: 'log' }) })[0]!, 7)).toEqual([
      1, 3, 7, 19, 52, 139, 373, 1000,
    ]);
    expect(gridValues(searchSpace({ one: range(2, 2) })[0]!, 2)).toEqual([2]);
  });
});
