import { prompt } from '../system/variable';
import { instructionFront } from './instruction-front';
import type { PastProposal } from './past-proposal';
import { promptIn, promptStandings } from './prompt-standings';
import type { Incumbent } from './proposal';

const demonstration = { inputs: { q: 'a' }, outputs: { a: 'b' } };
const settings = (instructions: string, shown = 0) => ({
  prompt: { instructions, demonstrations: new Array(shown).fill(demonstration) as (typeof demonstration)[] },
});
const incumbent = (instructions: string, shown = 0): Incumbent => ({
  variables: { prompt: prompt('first', { demonstrations: { max: 4 } }) },
  settings: settings(instructions, shown) as never,
});
function tried(
  iteration: number,
  from: ReturnType<typeof settings>,
  to: ReturnType<typeof settings>,
  gain: number | null,
  rest: Partial<PastProposal> = {},
): PastProposal {
  const kinds = [
    ...(from.prompt.instructions === to.prompt.instructions ? [] : ['instructions' as const]),
    ...(from.prompt.demonstrations.length === to.prompt.demonstrations.length ? [] : ['demonstrations' as const]),
  ];
  return {
    iteration,
    incumbent: from as never,
    proposal: {
      settings: to as never,
      origin: 'opro',
      changed: kinds.map((kind) => ({ variable: 'prompt', kind })),
    },
    expectedGain: gain,
    measuredGain: gain,
    finalist: false,
    accepted: false,
    ...rest,
  };
}
const gains = (past: PastProposal[], now: Incumbent, kind: 'instructions' | 'demonstrations' = 'instructions') =>
  Object.fromEntries(
    promptStandings(past, now, 'prompt', kind).map((standing) => [
      kind === 'instructions'
        ? promptIn(standing.settings, 'prompt').instructions
        : promptIn(standing.settings, 'prompt').demonstrations.length,
      Number(standing.gain.toFixed(6)),
    ]),
  );

describe('promptStandings', () => {
  it('counts gains on from the incumbent of their time, relative to the present one, what it replaced among them', () => {
    const past = [
      tried(0, settings('first'), settings('second'), 0.2, { accepted: true }),
      tried(0, settings('first'), settings('third'), 0.1),
      tried(1, settings('second'), settings('fourth'), -0.05),
    ];
    expect(gains(past, incumbent('second'))).toEqual({ fourth: -0.05, third: -0.1, first: -0.2 });
    expect(gains(past, incumbent('first'))).toEqual({ second: 0.2, fourth: 0.15, third: 0.1 });
  });

  it('leaves instructions where they are when only demonstrations changed, and the other way', () => {
    const past = [
      tried(0, settings('first'), settings('first', 2), 0.3, { accepted: true }),
      tried(1, settings('first', 2), settings('second', 2), 0.1),
    ];
    expect(gains(past, incumbent('first', 2))).toEqual({ second: 0.1 });
    expect(gains(past, incumbent('first', 0), 'demonstrations')).toEqual({ 2: 0.3 });
  });

  it('says nothing of what changed together with something else, unless it was accepted', () => {
    const past = [tried(0, settings('first'), settings('second', 2), 0.3)];
    expect(gains(past, incumbent('first'))).toEqual({});
    expect(gains([{ ...past[0]!, accepted: true }], incumbent('first'))).toEqual({ second: 0.3 });
  });

  it('takes what the metric measured before what the reward expected, and the last of several', () => {
    const past = [
      tried(0, settings('first'), settings('second'), 0.3, { measuredGain: 0.1 }),
      tried(0, settings('first'), settings('third'), null),
      tried(1, settings('first'), settings('fourth'), 0.5),
      tried(2, settings('first'), settings('fourth'), 0.2, { measuredGain: null }),
    ];
    expect(gains(past, incumbent('first'))).toEqual({ fourth: 0.2, second: 0.1 });
  });
});

describe('promptStandings after an accepted update of several components', () => {
  /** The prompt's part of it. */
  function together(
    iteration: number,
    from: ReturnType<typeof settings>,
    to: ReturnType<typeof settings>,
  ): PastProposal {
    const { proposal, ...rest } = tried(iteration, from, to, null, { accepted: true });
    return { ...rest, proposal: { ...proposal, origin: 'joint', elsewhere: { other: { k: 2 } } } };
  }
  const before = [
    tried(0, settings('a'), settings('b'), -0.3, { instanceGains: { x: -0.3 } }),
    tried(0, settings('a'), settings('c'), 0.05, { instanceGains: { x: 0.05 } }),
  ];

  it('counts nothing that was measured before: what the part gained in it is not known', () => {
    expect(gains([...before, together(1, settings('a'), settings('b'))], incumbent('b'))).toEqual({});
  });

  it('counts on from the new incumbent', () => {
    const past = [...before, together(1, settings('a'), settings('b')), tried(2, settings('b'), settings('c'), -0.1)];
    expect(gains(past, incumbent('b'))).toEqual({ c: -0.1 });
    const chain = [...past, tried(3, settings('b'), settings('d'), 0.2, { accepted: true })];
    expect(gains(chain, incumbent('d'))).toEqual({ b: -0.2, c: -0.3 });
  });

  it('keeps the scale of a part that it left as it was', () => {
    const past = [...before, together(1, settings('a'), settings('a', 2))];
    expect(gains(past, incumbent('a', 2))).toEqual({ b: -0.3, c: 0.05 });
    expect(gains(past, incumbent('a', 2), 'demonstrations')).toEqual({});
  });
});

describe('instructionFront', () => {
  const front = (past: PastProposal[], now: Incumbent) =>
    Object.fromEntries(instructionFront(past, now, 'prompt').map(({ instructions, wins }) => [instructions, wins]));

  it('holds the incumbent alone before the metric measured anything by example', () => {
    expect(front([tried(0, settings('first'), settings('second'), 0.4)], incumbent('first'))).toEqual({ first: [] });
  });

  it('holds what gains on some examples, beside the incumbent where that is best', () => {
    const past = [
      tried(0, settings('first'), settings('second'), 0.1, { instanceGains: { a: 0.5, b: -0.3, c: 0 } }),
      tried(0, settings('first'), settings('third'), -0.5, { instanceGains: { a: -0.5, b: -0.5, c: -0.5 } }),
    ];
    expect(front(past, incumbent('first'))).toEqual({ first: ['b', 'c'], second: ['a', 'c'] });
  });

  it('compares across an accepted update example by example', () => {
    const past = [
      tried(0, settings('first'), settings('second'), 0.1, {
        accepted: true,
        instanceGains: { a: 0.5, b: -0.3 },
      }),
      tried(1, settings('second'), settings('third'), 0, { instanceGains: { a: -0.6, b: 0.4 } }),
    ];
    // On b: first 0, second -0.3, third 0.1; on a: first 0, second 0.5, third -0.1.
    expect(front(past, incumbent('second'))).toEqual({ second: ['a'], third: ['b'] });
  });
});
