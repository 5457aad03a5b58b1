import { levelOf, type PastTest } from './online-fallback';

/** Levels of a run's iterations, given which of them accept. */
function levels(accepts: readonly boolean[], alpha = 0.05): number[] {
  const before: PastTest[] = [];
  accepts.forEach((accepted, iteration) => {
    before.push({ iteration, accepted, level: levelOf({ alpha, iterations: accepts.length, iteration, before }) });
  });
  return before.map(({ level }) => level);
}

describe('levelOf', () => {
  it('shares alpha evenly while nothing is accepted', () => {
    expect(levels([false, false, false, false])).toEqual(new Array(4).fill(0.0125));
  });

  it('hands the level of an accepted test to the next one, and loses that of a rejected one', () => {
    const share = 0.01;
    const found = levels([true, true, false, true, false]).map((level) => Math.round(level / share));
    expect(found).toEqual([1, 2, 3, 1, 2]);
    expect(levels(new Array<boolean>(5).fill(true)).at(-1)).toBeCloseTo(0.05, 12);
  });

  it('knows an iteration by its number, not its place', () => {
    const before = [
      { iteration: 1, accepted: true, level: 0.02 },
      { iteration: 0, accepted: false, level: 0.01 },
    ];
    expect(levelOf({ alpha: 0.05, iterations: 5, iteration: 2, before })).toBeCloseTo(0.03, 12);
  });

  it('has no level for an iteration that alpha was not shared with', () => {
    expect(() => levelOf({ alpha: 0.05, iterations: 5, iteration: 5, before: [] })).toThrow('not one of the 5');
  });
});
