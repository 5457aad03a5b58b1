import { jointPairs } from './joint-pairs';

/** planner -> left, right; left -> reader; right -> judge; reader, judge -> final; aside is on its own. */
const wiring = {
  order: ['planner', 'left', 'right', 'reader', 'judge', 'final', 'aside'],
  descendants: {
    planner: new Set(['left', 'right', 'reader', 'judge', 'final']),
    left: new Set(['reader', 'final']),
    right: new Set(['judge', 'final']),
    reader: new Set(['final']),
    judge: new Set(['final']),
    final: new Set<string>(),
    aside: new Set<string>(),
  },
};

it('pairs components of which one descends from the other, and those that meet downstream', () => {
  expect(jointPairs(wiring, ['judge', 'aside', 'planner', 'left'])).toEqual([
    { component: 'planner', partner: 'left' },
    { component: 'planner', partner: 'judge' },
    { component: 'left', partner: 'judge' },
  ]);
});

it('pairs no components that only meet in the metric', () => {
  expect(jointPairs(wiring, ['aside', 'final'])).toEqual([]);
  expect(jointPairs(wiring, ['planner'])).toEqual([]);
});
