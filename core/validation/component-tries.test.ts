import { componentTries, type PastMove } from './component-tries';

const move = (iteration: number, accepted: boolean, more: Partial<PastMove>): PastMove => ({
  ...{ iteration, accepted, component: 'writer', before: 0.2, after: 0.5, gain: 0.3 },
  changed: [{ component: 'writer' }],
  ...more,
});
const together = { component: 'planner', others: ['writer', 'editor'] };
const both = { changed: [{ component: 'planner' }, { component: 'writer' }, { component: 'writer' }] };

const iterations = ({ tries, alone, accepted }: ReturnType<typeof componentTries>): number[][] =>
  [tries, alone, accepted].map((moves) => moves.map(({ iteration }) => iteration));

describe('tries of a component', () => {
  it('are steps of it alone, accepted or not, and what changed it with others', () => {
    const moves = [
      move(0, true, { ...together, ...both }),
      move(1, false, {}),
      move(2, false, { component: 'planner', partner: 'writer' }),
      move(3, true, { component: 'planner', partner: 'writer', ...both }),
      move(4, true, { component: 'planner', changed: [{ component: 'planner' }] }),
      move(5, true, {}),
    ];
    expect(iterations(componentTries(moves, 'writer'))).toEqual([
      [0, 1, 3, 5],
      [1, 5],
      [0, 3, 5],
    ]);
  });

  it('are credited with a share of what a simultaneous step gained, by components, and with all that another move did', () => {
    const moves = [move(0, true, { ...together, ...both }), move(1, true, { partner: 'planner', ...both })];
    expect(componentTries(moves, 'writer').tries.map(({ gain }) => gain)).toEqual([0.15, 0.3]);
  });

  it('are not rejected simultaneous steps, nor accepted ones that left it as it was', () => {
    const moves = [move(0, true, { ...together, changed: [{ component: 'planner' }] }), move(1, false, together)];
    expect(iterations(componentTries(moves, 'writer'))).toEqual([[], [], []]);
  });
});
