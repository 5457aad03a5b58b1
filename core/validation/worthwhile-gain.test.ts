import { nothingWorthwhile } from './worthwhile-gain';

const moves = [
  { component: 'planner', expectedGain: 0.02 },
  { component: 'writer', expectedGain: -0.1 },
  { component: 'planner', partner: 'writer', expectedGain: 0.04 },
];

it('says what the best move is expected to gain, where that is not worth a try', () => {
  expect(nothingWorthwhile(moves, 0.05)).toBe(
    'no component is expected to gain 0.05 (at most 0.0400: planner with writer)',
  );
});

it('goes on while a move reaches it, while a gain is unknown, and where it is off', () => {
  expect(nothingWorthwhile(moves, 0.04)).toBeUndefined();
  expect(nothingWorthwhile([...moves, { component: 'judge' }], 0.05)).toBeUndefined();
  expect(nothingWorthwhile([...moves, { component: 'judge', expectedGain: 0, tries: 0 }], 0.05)).toBeUndefined();
  expect(nothingWorthwhile([...moves, { component: 'judge', expectedGain: 0, tries: 1 }], 0.05)).toBeDefined();
  expect(nothingWorthwhile([{ component: 'judge', expectedGain: 0 }], 0)).toBeUndefined();
  expect(nothingWorthwhile([], 0.05)).toBeUndefined();
});
