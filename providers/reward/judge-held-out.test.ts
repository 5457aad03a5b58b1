import type { Comparison } from '../../core/preference/comparison';
import type { PreferencePair } from '../../core/preference/preference-pair';
import { calibratedGain } from '../../core/reward/gain-calibration';
import { heldOutAlignment, heldOutLoss, judgeHeldOut, type JudgedData } from './judge-held-out';

const pairOf = (exampleId: string, more: Partial<PreferencePair> = {}): PreferencePair => ({
  exampleId,
  inputs: {},
  preferred: {},
  rejected: {},
  weight: 0.25,
  gap: 0.5,
  iteration: 0,
  configurationHash: 'c',
  groundTruth: false,
  stale: false,
  ...more,
});

const comparisonOf = (exampleId: string, gap: number, stale = false): Comparison => ({
  exampleId,
  inputs: {},
  incumbent: {},
  candidate: {},
  gap,
  stale,
});

interface Rewarded<T> {
  of: T;
  /** Rewards of preferred and rejected output, or of incumbent and candidate. */
  rewards: [number, number];
}

/** Each pair and comparison with two rows of its own. */
function dataOf(pairs: Rewarded<PreferencePair>[], comparisons: Rewarded<Comparison>[] = []): JudgedData {
  const rows = (offset: number, count: number): number[] =>
    Array.from({ length: count }, (_, index) => offset + 2 * index);
  return {
    pairs: pairs.map(({ of }) => of),
    comparisons: comparisons.map(({ of }) => of),
    index: {
      pairs: {
        preferred: Int32Array.from(rows(0, pairs.length)),
        rejected: Int32Array.from(rows(1, pairs.length)),
        weights: Float32Array.from(pairs, ({ of }) => of.weight),
        groups: new Int32Array(pairs.length),
      },
      comparisons: rows(2 * pairs.length, comparisons.length).map((row) => ({ incumbent: row, candidate: row + 1 })),
    },
    rewards: Float32Array.from([...pairs, ...comparisons].flatMap(({ rewards }) => rewards)),
  };
}

/** A head that tells what must not count (the ground truth, say) from everything else, and orders the rest by the toss of a coin. */
function judged(inputs: number, counted: number, other: 'groundTruth' | 'stale') {
  const pairs = Array.from({ length: 4 * inputs }, (_, place): Rewarded<PreferencePair> => {
    const input = pairOf(`e${Math.floor(place / 4)}`);
    if (place % 4 >= counted) return { of: { ...input, [other]: true }, rewards: [3, 0] };
    return { of: input, rewards: [place % 2, 1 - (place % 2)] };
  });
  return judgeHeldOut(dataOf(pairs), 1);
}

describe('judgeHeldOut', () => {
  it.each(['groundTruth', 'stale'] as const)('does not trust a head for its pairs with %s', (other) => {
    const { measures, reason } = judged(40, 2, other);
    expect(measures).toMatchObject({ trusted: false, alignment: { value: 0.5, pairs: 80, inputs: 40 } });
    expect(reason).toBe('held-out alignment is better than chance with 35.9 % confidence; 95 % is needed');
  });

  it('trusts a head that is better than chance with 95 % confidence one-sided, though the interval reaches chance', () => {
    const ordered = (right: number) =>
      judgeHeldOut(
        dataOf(
          Array.from({ length: 40 }, (_, input) => ({
            of: pairOf(`e${input}`),
            rewards: [input < right ? 1 : 0, 0.5],
          })),
        ),
        1,
      );
    const { measures, reason } = ordered(26);
    expect(measures).toMatchObject({ trusted: true, alignment: { value: 0.65, pairs: 40 } });
    expect(measures.alignment?.ci95[0]).toBeLessThanOrEqual(0.5);
    expect(reason).toMatch(/^held-out alignment is better than chance with 9[5-7](\.\d+)? % confidence$/);
    expect(ordered(25).measures.trusted).toBe(false);
  });

  it.each(['groundTruth', 'stale'] as const)('trusts nothing where every pair has %s, and says so', (other) => {
    const { measures, reason } = judged(40, 0, other);
    expect(measures).toMatchObject({ trusted: false, alignment: null });
    expect(measures.heldOutLoss).toBeLessThan(Math.LN2);
    expect(reason).toMatch(/every pair has the ground truth in it or is stale/);
  });

  it('calibrates gains on fresh comparisons with the incumbent, zero gaps included, by difference of reward', () => {
    const comparisons = Array.from({ length: 60 }, (_, input): Rewarded<Comparison>[] => [
      // A reward is known up to a number of the input's own.
      { of: comparisonOf(`e${input}`, 0.4), rewards: [100 * input, 100 * input + 1] },
      { of: comparisonOf(`e${input}`, 0), rewards: [100 * input, 100 * input] },
      { of: comparisonOf(`e${input}`, -0.4), rewards: [100 * input, 100 * input - 1] },
      { of: comparisonOf(`e${input}`, -0.9, true), rewards: [100 * input, 100 * input + 1] },
    ]).flat();
    const pairs = Array.from({ length: 4 }, (_, input) => ({
      of: pairOf(`e${input}`),
      rewards: [1, 0] as [number, number],
    }));
    const { calibration } = judgeHeldOut(dataOf(pairs, comparisons), 1).measures;
    expect(calibration).toMatchObject({ comparisons: 180, inputs: 60 });
    expect(calibratedGain(calibration, 1)).toBeCloseTo(0.4, 1);
    expect(calibratedGain(calibration, 0)).toBeCloseTo(0, 1);
    expect(calibratedGain(calibration, -1)).toBeCloseTo(-0.4, 1);
  });

  it('expects nothing without comparisons, and names the input of a gap that is no number', () => {
    const pairs = [0, 1].map((input): Rewarded<PreferencePair> => ({ of: pairOf(`e${input}`), rewards: [1, 0] }));
    expect(judgeHeldOut(dataOf(pairs), 1).measures.calibration).toMatchObject({ method: 'none', knots: [[0, 0]] });
    const bad: Rewarded<Comparison>[] = [{ of: comparisonOf('e7', NaN), rewards: [0, 1] }];
    expect(() => judgeHeldOut(dataOf(pairs, bad), 1)).toThrow(/input 'e7'/);
  });
});

describe('heldOutLoss and heldOutAlignment', () => {
  const data = dataOf([
    { of: pairOf('a', { weight: 0.75 }), rewards: [2, 0] },
    { of: pairOf('b', { iteration: 5 }), rewards: [0, 800] },
  ]);

  it('weigh pairs in the loss, which is finite for any margin', () => {
    expect(heldOutLoss(data, () => true)).toBeCloseTo(0.75 * Math.log1p(Math.exp(-2)) + 0.25 * 800, 4);
  });

  it('look at the pairs that count alone; chance and nothing where none does', () => {
    const old = ({ iteration }: PreferencePair): boolean => iteration === 0;
    expect(heldOutLoss(data, old)).toBeCloseTo(Math.log1p(Math.exp(-2)), 6);
    expect(heldOutAlignment(data, old, 1)).toMatchObject({ value: 1, pairs: 1, inputs: 1 });
    expect(heldOutLoss(data, () => false)).toBe(Math.LN2);
    expect(heldOutAlignment(data, () => false, 1)).toBeNull();
  });
});
