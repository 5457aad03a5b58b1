import { randomStream } from '../random/stream';
import { model, prompt, type Demonstration } from '../system/variable';
import { jointPromptProposals, type JointOptions } from './joint-prompts';
import type { PastProposal } from './past-proposal';
import { promptIn } from './prompt-standings';
import type { Incumbent, Proposal } from './proposal';

const texts = ['i1', 'i2', 'i3', 'i4', 'i5'];
const shown = (name: string): Demonstration[] => [{ inputs: { q: name }, outputs: { a: name } }];
const sets = ['s1', 's2', 's3', 's4'].map(shown);
const settings = (instructions: string, set?: string, name = 'small') => ({
  prompt: { instructions, demonstrations: set === undefined ? [] : shown(set) },
  model: name,
});
const incumbent: Incumbent = {
  variables: { prompt: prompt('i0', { demonstrations: { max: 2 } }), model: model(['small', 'large']) },
  settings: settings('i0') as never,
};
const make = (rest: Partial<JointOptions> = {}): Proposal[] =>
  jointPromptProposals({
    ...{ incumbent, variable: 'prompt', instructions: texts, sets, past: [], count: 6, stream: randomStream(2) },
    ...rest,
  });
const chosen = (proposal: Proposal): [string, unknown, unknown] => {
  const { instructions, demonstrations } = promptIn(proposal.settings, 'prompt');
  return [instructions, demonstrations[0]?.inputs['q'], proposal.settings['model']];
};
const tried = (instructions: string, set: string | undefined, gain: number, name = 'small'): PastProposal => ({
  iteration: 0,
  incumbent: incumbent.settings,
  proposal: { settings: settings(instructions, set, name) as never, origin: 'opro', changed: [] },
  ...{ expectedGain: gain, measuredGain: null, finalist: false, accepted: false },
});

describe('jointPromptProposals', () => {
  it('draws distinct combinations from both pools before enough was measured, with the models as they are', () => {
    const proposals = make({ count: 12 });
    expect(proposals).toHaveLength(12);
    expect(new Set(proposals.map((proposal) => JSON.stringify(chosen(proposal)))).size).toBe(12);
    expect(proposals.filter(({ changed }) => changed.length === 2).length).toBeGreaterThan(4);
    for (const proposal of proposals) {
      expect(proposal.origin).toBe('instructions-and-demonstrations');
      expect(proposal.settings['model']).toBe('small');
      expect(proposal.note).toBe('drawn at random');
    }
  });

  it('prefers parts that did well, also in combinations that were never tried, and keeps exploring', () => {
    // i2 and s3 are good, each with others; together they were never tried.
    const past = texts.flatMap((text) =>
      ['s1', 's2', 's3', 's4']
        .filter((set) => !(text === 'i2' && set === 's3'))
        .map((set) => tried(text, set, (text === 'i2' ? 0.3 : -0.1) + (set === 's3' ? 0.3 : -0.1))),
    );
    for (let seed = 0; seed < 10; seed++) {
      const proposals = make({ past, count: 8, stream: randomStream(seed) });
      // i2 without a set was never tried either.
      expect(proposals.slice(0, 2).map(chosen)).toContainEqual(['i2', 's3', 'small']);
      expect(proposals.filter(({ note }) => note === 'drawn at random').length).toBe(2);
    }
  });

  it('chooses the model along, once there is something to go by', () => {
    const past = texts.flatMap((text) =>
      ['s1', 's2'].flatMap((set) => [tried(text, set, -0.2), tried(text, set, 0.3, 'large')]),
    );
    const suggested = make({ past, count: 8 }).filter(({ note }) => note?.startsWith('suggested') ?? false);
    expect(suggested.length).toBeGreaterThan(0);
    expect(suggested.filter((proposal) => proposal.settings['model'] === 'large').length).toBeGreaterThan(
      suggested.length / 2,
    );
  });

  it('never repeats what was tried, and ends where the pools are exhausted', () => {
    const small = { instructions: ['i1'], sets: [shown('s1')], count: 10 };
    expect(make(small).map(chosen)).toHaveLength(3);
    expect(make({ ...small, past: [tried('i1', 's1', 0.5)] }).map(chosen)).not.toContainEqual(['i1', 's1', 'small']);
    expect(make({ instructions: [], sets: [], count: 4 })).toEqual([]);
  });

  it('leaves out measurements of parts that are in no pool', () => {
    const past = Array.from({ length: 20 }, (_, index) => tried(`gone${index}`, 's1', 1));
    expect(make({ past }).map(({ note }) => note)).toEqual(new Array(6).fill('drawn at random'));
  });

  it('is a function of its stream', () => {
    expect(make({ stream: randomStream(7) })).toEqual(make({ stream: randomStream(7) }));
  });
});
