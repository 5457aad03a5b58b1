import { drawId, drawSeed, type Draw } from './draw';

const draw: Draw = { runSeed: 1, purpose: 'validation', iteration: 2, exampleId: 'a', index: 0 };

describe('draw', () => {
  it('is the same for a retry of the same step', () => {
    expect(drawId({ ...draw })).toBe(drawId(draw));
    expect(drawSeed({ ...draw })).toBe(drawSeed(draw));
  });

  it.each<Partial<Draw>>([
    { runSeed: 2 },
    { purpose: 'test' },
    { iteration: 3 },
    { exampleId: 'b' },
    { index: 1 },
    { temperature: 0.7 },
  ])('differs for a new measurement: %j', (change) => {
    expect(drawId({ ...draw, ...change })).not.toBe(drawId(draw));
    expect(drawSeed({ ...draw, ...change })).not.toBe(drawSeed(draw));
  });

  it('gives a 32-bit seed', () => {
    const seed = drawSeed(draw);
    expect(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32).toBe(true);
  });
});
