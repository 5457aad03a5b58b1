import { oneOf } from '../system/variable';
import { bestOfEachPart, crossedProposals, jointProposals, type JointSide } from './joint-proposals';
import { propose, proposalHash, type Incumbent, type Proposal } from './proposal';
import { rankProposals } from './ranking';

const values = Array.from({ length: 12 }, (_, index) => index);
const incumbent: Incumbent = {
  variables: { a: oneOf(values as [number, ...number[]]), b: oneOf(values as [number, ...number[]]) },
  settings: { a: 0, b: 0 },
};
const a = (value: number): Proposal => propose(incumbent, { a: value }, { origin: 'grid', note: `a = ${value}` })!;
const b = (value: number): Proposal => propose(incumbent, { b: value }, { origin: 'grid', note: `b = ${value}` })!;
const ranked = (gains: [Proposal, number | undefined][]) =>
  rankProposals({
    incumbent: incumbent.settings,
    proposals: gains.map(([item]) => item),
    values: Object.fromEntries(
      gains.flatMap(([proposal, meanGain]) =>
        meanGain === undefined ? [] : [[proposalHash(proposal), { meanGain, standardError: 0, inputs: 4 }]],
      ),
    ),
  });
const side = (component: string, count: number): JointSide => ({
  component,
  proposals: values.slice(1, count + 1).map(a),
});
const none = new Set<string>();
/** The values that a pair gives `a` in its two components. */
const sidesOf = (pair: Proposal): [unknown, unknown] => [pair.settings['a'], pair.elsewhere?.['writer']?.['a']];

describe('bestOfEachPart', () => {
  it('takes the best of every changed part in turn, also what gains nothing alone', () => {
    const best = bestOfEachPart(
      ranked([
        [a(1), 0.2],
        [a(2), 0.1],
        [a(3), -0.3],
        [b(1), -0.1],
        [b(2), -0.2],
      ]),
    );
    expect(best.map(({ note }) => note)).toEqual(['a = 1', 'b = 1', 'a = 2', 'b = 2', 'a = 3']);
  });

  it('leaves out what was not measured, and what changes other components', () => {
    const wider: Proposal = { ...a(4), elsewhere: { writer: { a: 4, b: 0 } } };
    expect(
      bestOfEachPart(
        ranked([
          [a(1), undefined],
          [wider, 0.5],
          [a(2), 0.1],
        ]),
      ),
    ).toEqual([a(2)]);
  });
});

describe('jointProposals', () => {
  it('pairs both sides alike: every proposal at least twice before any has met all others', () => {
    const pairs = jointProposals(side('planner', 12), side('writer', 12), none, 12);
    expect(pairs).toHaveLength(12);
    expect(new Set(pairs.map(proposalHash)).size).toBe(12);
    for (const at of [0, 1]) {
      const counts = [1, 2, 3, 4, 5].map((value) => pairs.filter((pair) => sidesOf(pair)[at] === value).length);
      expect(Math.min(...counts)).toBeGreaterThanOrEqual(2);
      expect(Math.max(...counts)).toBeLessThanOrEqual(3);
    }
    expect(sidesOf(pairs[0]!)).toEqual([1, 1]);
  });

  it('covers all pairs of short sides, whatever their lengths', () => {
    for (const [rows, columns] of [
      [3, 3],
      [2, 4],
      [3, 2],
      [1, 5],
      [4, 6],
    ] as const) {
      const pairs = jointProposals(side('planner', rows), side('writer', columns), none, 100);
      expect(new Set(pairs.map((pair) => JSON.stringify(sidesOf(pair)))).size).toBe(rows * columns);
    }
    expect(jointProposals(side('planner', 0), side('writer', 4), none, 10)).toEqual([]);
  });

  it('uses more of a side where the other is short', () => {
    const pairs = jointProposals(side('planner', 1), side('writer', 12), none, 12);
    expect(new Set(pairs.map((pair) => sidesOf(pair)[1])).size).toBe(11); // All of it.
  });

  it('goes on where earlier tries ended', () => {
    const first = jointProposals(side('planner', 12), side('writer', 12), none, 12);
    const known = new Set(first.map(proposalHash));
    const second = jointProposals(side('planner', 12), side('writer', 12), known, 12);
    expect(second).toHaveLength(12);
    expect(second.filter((pair) => known.has(proposalHash(pair)))).toEqual([]);
    // Further proposals of each side come in.
    expect(Math.max(...second.map((pair) => sidesOf(pair)[0] as number))).toBeGreaterThan(5);
  });

  it('says what changes in which component', () => {
    const [pair] = jointProposals(
      { component: 'planner', proposals: [a(3)] },
      { component: 'writer', proposals: [b(4)] },
      none,
      4,
    );
    expect(pair).toEqual({
      settings: { a: 3, b: 0 },
      elsewhere: { writer: { a: 0, b: 4 } },
      origin: 'joint',
      changed: [
        { component: 'planner', variable: 'a', kind: 'hyperparameter' },
        { component: 'writer', variable: 'b', kind: 'hyperparameter' },
      ],
      note: 'planner: a = 3 + writer: b = 4',
    });
  });
});

describe('crossedProposals', () => {
  const move = { component: 'planner', partner: 'writer' };
  const pair = (first: number, second: number): Proposal =>
    jointProposals(
      { component: 'planner', proposals: [a(first)] },
      { component: 'writer', proposals: [a(second)] },
      none,
      1,
    )[0]!;

  it('puts the sides of the best pairs together in ways that were not tried, the best first', () => {
    const judged = ranked([
      [pair(1, 1), 0.1],
      [pair(2, 2), 0.3],
      [pair(3, 3), -0.2],
    ]);
    const crossed = crossedProposals(move, judged, none, 3);
    expect(crossed.map(sidesOf)).toEqual([
      [2, 1],
      [1, 2],
      [2, 3],
    ]);
    expect(crossed[0]).toMatchObject({
      origin: 'joint',
      changed: [{ component: 'planner' }, { component: 'writer' }],
      note: 'planner: a (hyperparameter) + writer: a (hyperparameter)',
    });
    const known = new Set([proposalHash(pair(2, 1))]);
    expect(sidesOf(crossedProposals(move, judged, known, 1)[0]!)).toEqual([1, 2]);
  });

  it('has nothing to cross where all pairs were ranked', () => {
    expect(crossedProposals(move, ranked([[pair(1, 1), 0.1]]), none, 4)).toEqual([]);
  });
});
