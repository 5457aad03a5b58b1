import { canonicalJson, jsonFault } from './canonical-json';

describe('jsonFault', () => {
  const circle: Record<string, unknown> = {};
  circle['again'] = circle;

  it.each<[unknown, string]>([
    [Number.NaN, 'NaN is not a JSON number'],
    [{ scores: [1, Number.POSITIVE_INFINITY] }, 'scores.1: Infinity is not a JSON number'],
    [{ run: () => 1 }, 'run: a function is not JSON'],
    [undefined, 'undefined is not JSON'],
    [circle, 'again.again.again.again.again: nested too deeply, or holding itself'],
  ])('names what is no JSON, and where: %#', (value, fault) => {
    expect(jsonFault(value)).toBe(fault);
    expect(() => canonicalJson(value)).toThrow(/is not|call stack/);
  });

  it('finds nothing in what canonicalJson takes', () => {
    const value = { a: [1, 'x', null, true], b: { c: undefined, d: {} } };
    expect(jsonFault(value)).toBeUndefined();
    expect(canonicalJson(value)).toBe('{"a":[1,"x",null,true],"b":{"d":{}}}');
  });
});
