import { holm } from './holm';

it('multiplies each p by how many are not smaller, never falls, and stays in the order of its input', () => {
  const adjusted = holm([0.04, 0.01, 0.03, 0.005]);
  for (const [place, expected] of [0.06, 0.03, 0.06, 0.02].entries()) expect(adjusted[place]).toBeCloseTo(expected, 12);
  expect(holm([0.9, 0.8])).toEqual([1, 1]);
});
