import { expectedGain, expectedJointGain, type PastTry } from './expected-gain';

const candidate = (
  iteration: number,
  exampleId: string,
  origin: 'base' | 'configuration' | 'ground-truth',
  score: number,
) => ({
  iteration,
  exampleId,
  origin,
  scores: [score],
});
/** Gaps of 0.4 and 0; the ground truth's 0.9 does not count. */
const data = [
  candidate(-1, 'a', 'base', 0.1),
  candidate(-1, 'a', 'configuration', 0.5),
  candidate(-1, 'a', 'ground-truth', 1),
  candidate(-1, 'b', 'base', 0.3),
  candidate(-1, 'b', 'configuration', 0.2),
];
const rejected = (iteration: number): PastTry => ({ iteration, accepted: false, before: 0.2, after: 0.3 });
const accepted = (iteration: number, gain: number): PastTry => ({
  iteration,
  accepted: true,
  before: 0.2,
  after: 0.2 + gain,
});

describe('expectedGain', () => {
  it('is how much the best candidates beat the base outputs', () => {
    expect(expectedGain(data, [])).toBeCloseTo(0.2);
    expect(expectedGain([], [])).toBeUndefined();
  });

  it('comes from the newest data', () => {
    const newer = [candidate(2, 'c', 'base', 0.5), candidate(2, 'c', 'configuration', 0.6)];
    expect(expectedGain([...data, ...newer], [])).toBeCloseTo(0.1);
  });

  it('is halved by every rejection since the last acceptance', () => {
    expect(expectedGain(data, [rejected(0)])).toBeCloseTo(0.1);
    expect(expectedGain(data, [rejected(0), rejected(1)])).toBeCloseTo(0.05);
    expect(expectedGain(data, [accepted(0, 0.05), rejected(1)])).toBeCloseTo(0.075);
  });

  it('is what is left after an acceptance, and at least half of what that gained', () => {
    expect(expectedGain(data, [accepted(0, 0.05)])).toBeCloseTo(0.15);
    expect(expectedGain(data, [accepted(0, 0.4)])).toBeCloseTo(0.2);
    expect(expectedGain([], [accepted(0, 0.4)])).toBeCloseTo(0.2);
  });

  it('is half of what the last accepted try gained, halved by rejections, where there is no data', () => {
    expect(expectedGain([], [rejected(0), rejected(1)])).toBeUndefined();
    expect(expectedGain([], [accepted(0, 0.4), rejected(1), rejected(2)])).toBeCloseTo(0.05);
    expect(expectedGain([], [accepted(0, 0.1), rejected(1), accepted(2, 0.4), rejected(3)])).toBeCloseTo(0.1);
  });

  it('takes a try that validated nothing as one without gain', () => {
    expect(expectedGain(data, [{ ...rejected(0), before: null, after: null }])).toBeCloseTo(0.1);
  });
});

describe('expectedJointGain', () => {
  it('is the larger headroom, halved by every rejected joint try', () => {
    expect(expectedJointGain([0.1, 0.4], 0)).toBeCloseTo(0.4);
    expect(expectedJointGain([0.1, 0.4], 2)).toBeCloseTo(0.1);
    expect(expectedJointGain([undefined, 0.2], 1)).toBeCloseTo(0.1);
    expect(expectedJointGain([undefined, undefined], 0)).toBeUndefined();
  });
});
