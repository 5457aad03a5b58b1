import { examplePrice } from './example-price';

const cost = (usd: number, latencyMs: number) => ({ usd, latencyMs });
const from = (...names: string[]) => Object.fromEntries(names.map((name) => [name, [{ component: name, field: 'x' }]]));
const diamond = {
  order: ['left', 'right', 'join'],
  sources: { left: from('input'), right: from('input'), join: from('left', 'right') },
};

describe('examplePrice', () => {
  it('adds the money of all components, and the time along the slowest path alone', () => {
    const usages = { left: cost(0.1, 2_000), right: cost(0.2, 500), join: cost(0.3, 1_000) };
    const { usd, seconds } = examplePrice(usages, diamond);
    expect(usd).toBeCloseTo(0.6, 12);
    expect(seconds).toBe(3);
  });

  it('takes a component that was not called for free', () => {
    expect(examplePrice({ left: cost(0.1, 100) }, diamond)).toEqual({ usd: 0.1, seconds: 0.1 });
    expect(examplePrice({}, { order: [], sources: {} })).toEqual({ usd: 0, seconds: 0 });
  });
});
