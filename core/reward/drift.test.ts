import { driftCheck } from './drift';
import type { Alignment } from './pairwise-alignment';

const alignment = (value: number, standardError: number): Alignment => ({
  value,
  ci95: [value - 1.959963984540054 * standardError, value + 1.959963984540054 * standardError],
  aboveChance: 1,
  pairs: 100,
  inputs: 25,
});

describe('driftCheck', () => {
  it('gives the drop in standard errors of both', () => {
    const check = driftCheck(alignment(0.9, 0.03), alignment(0.75, 0.04));
    expect(check).toEqual({ expected: 0.9, fresh: 0.75, z: expect.closeTo(3, 9), alarm: true });
  });

  it('raises its alarm for a drop of more than 1.645 standard errors, never for a rise', () => {
    expect(driftCheck(alignment(0.9, 0.03), alignment(0.9 - 1.65 * 0.05, 0.04)).alarm).toBe(true);
    expect(driftCheck(alignment(0.9, 0.03), alignment(0.9 - 1.64 * 0.05, 0.04)).alarm).toBe(false);
    expect(driftCheck(alignment(0.6, 0.03), alignment(0.95, 0.04))).toMatchObject({ alarm: false });
  });

  it('does not take a drop for certain that a handful of fresh pairs shows', () => {
    expect(driftCheck(alignment(0.9, 0.02), alignment(0.5, 0.3)).alarm).toBe(false);
  });

  it('is silent where nothing varies', () => {
    expect(driftCheck(alignment(1, 0), alignment(1, 0))).toMatchObject({ z: 0, alarm: false });
  });
});
