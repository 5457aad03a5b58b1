import type { DriftOutcome } from './adaptation';
import type { RewardsReport } from './report';
import type { Share } from './scored-pairs';
import type { HeadSpeed } from './speed/speed-report';
import type { SyntheticAlignment } from './synthetic-alignment';
import { missedTargets } from './targets';

type Real = NonNullable<RewardsReport['real']>[number];
type Against = DriftOutcome['against'];

/** A share, with a lower bound that is above 0.5 or not. */
const share = (value: number, low = 0.51): Share => ({ value, ci95: [low, 1], pairs: 100, inputs: 20 });
const difference = (value: number, low: number, high: number) => ({ value, ci95: [low, high] as [number, number] });

const synthetic = (more: Partial<SyntheticAlignment>): RewardsReport => ({
  synthetic: [
    {
      ...{ system: 'chain', component: 'planner', trainingPairs: 400, all: share(0.9), constantError: 0.2, curve: [] },
      ...{ large: share(0.95), length: share(0.649), token: share(0.649) },
      calibrationError: { value: 0.05, ci95: [0, 1] },
      ...more,
    },
  ],
});

const level = difference(0, 0, 0);
const ahead = difference(0.1, 0.01, 0.2);
const below = difference(-0.2, -0.3, -0.001);
const plain = (component: string, value: number, more: Partial<Real> = {}): Real => ({
  ...{ system: 'quickstart', component, candidates: 100, trainingPairs: 400, ours: share(value) },
  ...{ baselines: {}, best: { name: 'length', difference: level }, judge: null },
  ...more,
});
const six = [
  plain('answerer', 0.85, { best: { name: 'length', difference: ahead } }),
  plain('one', 0.8, { best: { name: 'length', difference: ahead } }),
  plain('two', 0.8, { best: { name: 'length', difference: ahead } }),
  plain('three', 0.8, { judge: { share: share(0.8), difference: level } }),
  plain('four', 0.716, { ours: share(0.716, 0.5) }),
  plain('five', 0.715, { ours: share(0.715, 0.5) }),
];
/** Six components that just reach what is wanted, some of them changed, by place. */
const real = (changes: Record<number, Partial<Real>>): RewardsReport => ({
  real: six.map((item, index) => ({ ...item, ...changes[index] })),
});

const drifted = (more: { against?: Partial<Against>; work?: number }): RewardsReport => {
  const better = { ...ahead, p: 0.049 };
  const outcome = { none: 0, freshOnly: 0, adapted: 0, refit: 0, alarms: 0, rolledBack: 0, fittedAnew: 0 };
  return {
    adaptation: [
      {
        drift: 'upstream',
        seeds: [],
        mean: { ...outcome, work: more.work ?? 0.2 },
        against: {
          ...{ none: better, freshOnly: better, refit: { ...difference(-0.01, -0.02, 0), p: 0 } },
          ...more.against,
        },
      },
    ],
  };
};

const speed = (ratio: number): RewardsReport => {
  const equal = { optimas: 1, torch: 1, ratio: 1 };
  const head: HeadSpeed = {
    ...{ kind: 'linear', ways: { fit: 'by hand', score: 'dense' }, difference: 0 },
    ...{ fit: { ...equal, ratio }, score: equal, all: equal, fitPeakMb: equal, peakMb: equal },
  };
  return { speed: { heads: [head] } };
};

const against = (value: number, p = 0): Against['none'] => ({ ...difference(value, 0, 0), p });

describe('targets of the rewards bench', () => {
  it('are met where each is just reached, and by parts that were left out', () => {
    expect(missedTargets({ ...synthetic({}), ...real({}), ...drifted({}), ...speed(1.25) })).toEqual([]);
    expect(missedTargets({})).toEqual([]);
  });

  it.each<[string, RewardsReport]>([
    ['synthetic systems: nothing was measured', { synthetic: [] }],
    ['synthetic chain.planner: no held-out pair with a true gap of at least 0.1', synthetic({ large: null })],
    ['synthetic chain.planner: alignment 0.949 of large pairs, target 0.950', synthetic({ large: share(0.949) })],
    ['synthetic chain.planner: length alone reaches 0.650, the system is too easy', synthetic({ length: share(0.65) })],
    [
      'synthetic chain.planner: one word alone reaches 0.650, the system is too easy',
      synthetic({ token: share(0.65) }),
    ],
    ['synthetic chain.planner: there is no reward', synthetic({ calibrationError: null })],
    [
      'synthetic chain.planner: calibration error 0.051, target 0.050',
      synthetic({ calibrationError: { value: 0.051, ci95: [0, 1] } }),
    ],
    ['real systems: nothing was measured', { real: [] }],
    ['adaptation: nothing was measured', { adaptation: [] }],
    ['synthetic chain.planner: alignment NaN of large pairs, target 0.950', synthetic({ large: share(NaN) })],
    ["drift upstream: NaN of a refit's work, at most 0.200 allowed", drifted({ work: NaN })],
    ['real systems: mean alignment 0.778, target 0.780', real({ 1: { ours: share(0.788) } })],
    [
      'quickstart.answerer: alignment 0.849, target 0.850',
      real({ 0: { ours: share(0.849) }, 1: { ours: share(0.9) } }),
    ],
    ['quickstart.answerer: alignment not measured, target 0.850', real({ 0: { component: 'other' } })],
    ['quickstart.answerer: alignment not measured, target 0.850', real({ 0: { system: 'other' } })],
    ['real systems: lower bound above 0.5 on 3 of 6, target two thirds', real({ 3: { ours: share(0.8, 0.5) } })],
    [
      'real systems: significantly above the best baseline on 2 of 6, target half',
      real({ 2: { best: { name: 'length', difference: level } } }),
    ],
    [
      // Where the judge is the best of all, being above the others is not enough.
      'real systems: significantly above the best baseline on 2 of 6, target half',
      real({ 2: { judge: { share: share(0.8), difference: level } } }),
    ],
    [
      "quickstart.five: significantly below 'neighbours' (-0.200)",
      real({ 5: { best: { name: 'neighbours', difference: below } } }),
    ],
    [
      'quickstart.four: significantly below the judge (-0.200)',
      real({ 4: { judge: { share: share(0.9), difference: below } } }),
    ],
    [
      'drift upstream: adapted less none 0.000 (p = 0.000), not significantly better',
      drifted({ against: { none: against(0) } }),
    ],
    [
      'drift upstream: adapted less none 0.100 (p = 0.050), not significantly better',
      drifted({ against: { none: against(0.1, 0.05) } }),
    ],
    [
      'drift upstream: adapted less freshOnly -0.020 (p = 0.000), not significantly better',
      drifted({ against: { freshOnly: against(-0.02) } }),
    ],
    [
      'drift upstream: 0.011 below a full refit, at most 0.010 allowed',
      drifted({ against: { refit: against(-0.011) } }),
    ],
    ["drift upstream: 0.201 of a refit's work, at most 0.200 allowed", drifted({ work: 0.201 })],
    ["speed: linear head, fit: 1.26 times PyTorch's time (at most 1.25)", speed(1.26)],
  ])('%s', (line, report) => expect(missedTargets(report)).toEqual([line]));
});
