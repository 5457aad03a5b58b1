import { nothingWorthwhile } from './worthwhile-gain';

const moves = [
  { component: 'planner', expectedGain: 0.02, costPerTry: 400 },
  { component: 'writer', expectedGain: -0.1, costPerTry: 0 },
  { component: 'planner', partner: 'writer', expectedGain: 0.08, costPerTry: 2_000 },
];

it('says what the move is expected to gain that gains most for its price, where that is too little', () => {
  expect(nothingWorthwhile(moves, 0.06)).toBe(
    'no component is expected to gain 0.06 for 1,000 component calls (at best 0.0200 for 400: planner)',
  );
  const useless = [{ ...moves[1]! }, { component: 'judge', expectedGain: 0, costPerTry: 10 }];
  expect(nothingWorthwhile(useless, 0.06)).toContain('(at best 0.0000 for 10: judge)');
});

it('goes on while a move reaches it, while a gain is unknown or outdated, and where it is off', () => {
  expect(nothingWorthwhile(moves, 0.05)).toBeUndefined();
  const judge = { component: 'judge', costPerTry: 100 };
  expect(nothingWorthwhile([...moves, judge], 0.06)).toBeUndefined();
  expect(nothingWorthwhile([...moves, { ...judge, expectedGain: 0, outdated: true }], 0.06)).toBeUndefined();
  expect(nothingWorthwhile([...moves, { ...judge, expectedGain: 0, outdated: false }], 0.06)).toBeDefined();
  expect(nothingWorthwhile([...moves, { ...judge, expectedGain: 1e-9, costPerTry: 0 }], 0.06)).toBeUndefined();
  expect(nothingWorthwhile([{ ...judge, expectedGain: 0 }], 0)).toBeUndefined();
  expect(nothingWorthwhile([], 0.05)).toBeUndefined();
});
