import { randomStream } from '../random/stream';
import { calibratedGain, fitGainCalibration, noCalibration, type ScoredComparison } from './gain-calibration';

/** Two comparisons of each input, gaps by a map of the reward difference and normal noise. */
function comparisonsOf(
  inputs: number,
  gapOf: (difference: number) => number,
  { noise = 0, spread = 1 } = {},
): ScoredComparison[] {
  const stream = randomStream(1, 'gain-calibration-test', inputs);
  return Array.from({ length: 2 * inputs }, (_, index) => {
    const rewardDifference = spread * (2 * stream.uniform() - 1);
    return {
      exampleId: `e${index >> 1}`,
      rewardDifference,
      gap: gapOf(rewardDifference) + noise * stream.normal(),
    };
  });
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
/** Next to nothing up to a point, and much beyond it: no logistic curve. */
const kinked = (x: number): number => 0.05 * x + (x > 0.5 ? 1.8 * (x - 0.5) : 0);

describe('fitGainCalibration', () => {
  it.each([
    ['a curve', (x: number) => 1.6 * sigmoid(3 * x) - 0.8],
    ['a kinked line', kinked],
    ['a line that is mostly below 0', (x: number) => 0.2 * x - 0.15],
  ])('recovers %s', (_, gapOf) => {
    const calibration = fitGainCalibration(comparisonsOf(300, gapOf, { noise: 0.1 }), 1);
    for (const x of [-0.9, -0.3, 0, 0.3, 0.9]) {
      expect(Math.abs(calibratedGain(calibration, x) - gapOf(x))).toBeLessThan(0.07);
    }
    // What one comparison's noise leaves.
    expect(calibration.error).toBeGreaterThan(0.09);
    expect(calibration.error).toBeLessThan(0.14);
    expect(calibration).toMatchObject({ comparisons: 600, inputs: 300 });
  });

  it('is monotone, and constant beyond what it has seen', () => {
    const calibration = fitGainCalibration(
      comparisonsOf(40, (x) => x, { noise: 1 }),
      1,
    );
    const gains = Array.from({ length: 121 }, (_, index) => calibratedGain(calibration, (index - 60) / 20));
    expect(gains).toEqual([...gains].sort((a, b) => a - b));
    expect(new Set(gains).size).toBeGreaterThan(5);
    expect(gains[0]).toBe(calibratedGain(calibration, -1e9));
    expect(gains[120]).toBe(calibratedGain(calibration, 1e9));
  });

  it('takes the map that serves unseen inputs better: a kinked line for many comparisons, a curve for few', () => {
    expect(fitGainCalibration(comparisonsOf(300, kinked), 1).method).toBe('isotonic');
    expect(
      fitGainCalibration(
        comparisonsOf(300, (x) => 2 * sigmoid(2 * x) - 1, { noise: 0.5 }),
        1,
      ).method,
    ).toBe('platt');
    expect(fitGainCalibration(comparisonsOf(14, kinked), 1).method).toBe('platt');
  });

  it('judges the maps on inputs that they were not fitted on', () => {
    // Gaps belong to the input, not to the difference: a map that has seen the input's other comparisons knows them.
    const stream = randomStream(2, 'test');
    const comparisons = Array.from({ length: 30 }, (_, input) => {
      const [gap, rewardDifference] = [input % 2, stream.uniform()];
      return Array.from({ length: 10 }, (__, index) => ({
        exampleId: `e${input}`,
        rewardDifference: rewardDifference + 1e-6 * index,
        gap,
      }));
    }).flat();
    expect(fitGainCalibration(comparisons, 1).error).toBeGreaterThan(0.45);
  });

  it('expects nothing of a reward that is upside down', () => {
    const calibration = fitGainCalibration(
      comparisonsOf(100, (x) => -x),
      1,
    );
    for (const x of [-0.9, 0, 0.9]) expect(Math.abs(calibratedGain(calibration, x))).toBeLessThan(0.1);
  });

  it('counts gaps of zero: where most changes change nothing, gains are small', () => {
    const some = comparisonsOf(100, (x) => Math.sign(x) * 0.8);
    const zeros = some.flatMap(({ rewardDifference }, index) =>
      Array.from({ length: 9 }, (_, copy) => ({ exampleId: `z${index}-${copy}`, rewardDifference, gap: 0 })),
    );
    expect(calibratedGain(fitGainCalibration(some, 1), 0.7)).toBeGreaterThan(0.6);
    const gain = calibratedGain(fitGainCalibration([...some, ...zeros], 1), 0.7);
    // Of inputs one in nineteen moves: two comparisons weigh as much as one.
    expect(gain).toBeGreaterThan(0.01);
    expect(gain).toBeLessThan(0.12);
  });

  it('weighs every input the same, however many comparisons it has', () => {
    const loud = Array.from({ length: 400 }, () => ({ exampleId: 'loud', rewardDifference: 0.5, gap: 1 }));
    const quiet = Array.from({ length: 40 }, (_, index) => ({
      exampleId: `quiet ${index}`,
      rewardDifference: 0.5,
      gap: 0.2,
    }));
    const calibration = fitGainCalibration([...loud, ...quiet], 1);
    // (1 + 40 * 0.2) / 41, and not the 0.93 of all comparisons alike.
    expect(calibratedGain(calibration, 0.5)).toBeCloseTo(0.22, 1);
  });

  it('knows nothing where all gaps are zero, or there is one input, or none', () => {
    expect(
      fitGainCalibration(
        comparisonsOf(20, () => 0),
        1,
      ),
    ).toEqual({
      ...noCalibration,
      comparisons: 40,
      inputs: 20,
    });
    expect(
      fitGainCalibration(
        comparisonsOf(1, (x) => x),
        1,
      ),
    ).toEqual({ ...noCalibration, comparisons: 2, inputs: 1 });
    expect(fitGainCalibration([], 1)).toEqual(noCalibration);
    expect(calibratedGain(noCalibration, 5)).toBe(0);
  });

  it('copes with a reward that tells nothing apart', () => {
    const calibration = fitGainCalibration(
      comparisonsOf(40, () => 0.3, { spread: 0 }),
      1,
    );
    expect(calibratedGain(calibration, 0)).toBeCloseTo(0.3, 1);
    expect(calibratedGain(calibration, 7)).toBeCloseTo(0.3, 1);
  });

  it('is the same for the same comparisons and seed', () => {
    const comparisons = comparisonsOf(60, kinked, { noise: 0.2 });
    expect(fitGainCalibration(comparisons, 3)).toEqual(fitGainCalibration(comparisons, 3));
  });

  it.each([
    ['rewardDifference', NaN],
    ['gap', NaN],
    ['gap', Infinity],
  ])('refuses a %s of %p and names the input', (name, value) => {
    const comparisons = comparisonsOf(5, (x) => x);
    const bad = { exampleId: 'e7', rewardDifference: 0, gap: 0, [name]: value };
    expect(() => fitGainCalibration([...comparisons, bad], 1)).toThrow(/input 'e7' .* must be finite/);
    expect(() => fitGainCalibration([...comparisons, bad], 1)).toThrow(RangeError);
  });
});
