import { hasPrice } from './call-price';

const endpoint = (price?: { promptPerMillion: number; completionPerMillion: number }) => ({
  baseURL: 'http://127.0.0.1:9/v1',
  models: { free: {}, other: price === undefined ? {} : { price } },
});

it('money is involved where any model of any endpoint has a price above zero', () => {
  expect(hasPrice({})).toBe(false);
  expect(hasPrice({ a: endpoint(), b: endpoint({ promptPerMillion: 0, completionPerMillion: 0 }) })).toBe(false);
  expect(hasPrice({ a: endpoint(), b: endpoint({ promptPerMillion: 0, completionPerMillion: 2 }) })).toBe(true);
});
