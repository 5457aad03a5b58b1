import { integer, model, prompt } from '../system/variable';
import { combineProposals } from './combine-proposals';
import { propose, proposalHash, type Incumbent, type Proposal } from './proposal';
import { rankProposals } from './ranking';

const demonstrations = [{ inputs: { a: 1 }, outputs: { b: 2 } }];
const incumbent: Incumbent = {
  variables: { prompt: prompt('Old.', { demonstrations: { max: 2 } }), k: integer(1, 9), model: model(['s', 'l']) },
  settings: { prompt: { instructions: 'Old.', demonstrations: [] }, k: 1, model: 's' },
};
const words = (text: string): Proposal =>
  propose(incumbent, { prompt: { instructions: text, demonstrations: [] } }, { origin: 'opro' })!;
const shots = propose(
  incumbent,
  { prompt: { instructions: 'Old.', demonstrations } as never },
  { origin: 'demonstrations' },
)!;
const k = (value: number): Proposal => propose(incumbent, { k: value }, { origin: 'grid', note: `k = ${value}` })!;
const large = propose(incumbent, { model: 'l' }, { origin: 'model' })!;

function combine(gains: [Proposal, number][], count?: number): Proposal[] {
  const values = Object.fromEntries(
    gains.map(([proposal, meanGain]) => [proposalHash(proposal), { meanGain, standardError: 0, inputs: 5 }]),
  );
  const ranked = rankProposals({ incumbent: incumbent.settings, proposals: gains.map(([item]) => item), values });
  return combineProposals({ incumbent, ranked, ...(count !== undefined && { count }) });
}

describe('combineProposals', () => {
  it('puts the best change of every part together, then the best one with the best of other parts, then pairs', () => {
    const proposals = combine([
      [words('New.'), 0.3],
      [words('Newer.'), 0.1],
      [shots, 0.2],
      [k(5), 0.25],
      [k(7), -0.1],
      [large, 0],
    ]);
    expect(proposals[0]).toMatchObject({
      settings: { prompt: { instructions: 'New.', demonstrations }, k: 5, model: 's' },
      origin: 'combination',
      changed: [
        { variable: 'prompt', kind: 'instructions' },
        { variable: 'prompt', kind: 'demonstrations' },
        { variable: 'k', kind: 'hyperparameter' },
      ],
      note: 'opro + grid (k = 5) + demonstrations',
    });
    expect(proposals[1]?.settings).toEqual({ prompt: { instructions: 'New.', demonstrations: [] }, k: 5, model: 's' });
    // What gains nothing alone is tried beside the best only, and another model with demonstrations.
    expect(proposals.filter((item) => item.settings['k'] === 7 || item.settings['model'] === 'l')).toEqual([
      expect.objectContaining({ note: 'opro + model' }),
      expect.objectContaining({ note: 'opro + grid (k = 7)' }),
      expect.objectContaining({ note: 'model + demonstrations' }),
    ]);
    expect(new Set(proposals.map(proposalHash)).size).toBe(proposals.length);
  });

  it('has nothing to combine where nothing gains, or only one part was tried', () => {
    expect(combine([])).toEqual([]);
    expect(combine([[k(5), 0.5]])).toEqual([]);
    expect(
      combine([
        [k(5), 0.5],
        [k(6), 0.4],
      ]),
    ).toEqual([]);
    expect(
      combine([
        [k(5), 0],
        [large, -0.1],
      ]),
    ).toEqual([]);
  });

  it('tries another model with demonstrations, where neither gains anything alone', () => {
    const proposals = combine([
      [k(5), 0],
      [shots, -0.1],
      [large, -0.2],
    ]);
    expect(proposals.map((item) => item.note)).toEqual(['model + demonstrations']);
    expect(proposals[0]?.settings).toEqual({ prompt: { instructions: 'Old.', demonstrations }, k: 1, model: 'l' });
  });

  it('tries beside the best at most two of another part', () => {
    const proposals = combine([
      [large, 0.5],
      [k(5), -0.1],
      [k(6), -0.2],
      [k(7), -0.3],
    ]);
    expect(proposals.map((item) => item.note)).toEqual(['model + grid (k = 5)', 'model + grid (k = 6)']);
  });

  it('neither repeats what was ranked nor exceeds the count', () => {
    const both = propose(incumbent, { k: 5, model: 'l' }, { origin: 'combination' })!;
    expect(
      combine([
        [k(5), 0.5],
        [large, 0.4],
        [both, 0.1],
      ]),
    ).toEqual([]);
    expect(
      combine(
        [
          [words('New.'), 0.3],
          [shots, 0.2],
          [k(5), 0.25],
          [large, 0.1],
        ],
        2,
      ),
    ).toHaveLength(2);
  });

  it('keeps what a proposal changes elsewhere, and puts no two such proposals together', () => {
    const wide = (value: 's' | 'l'): Proposal => ({
      ...large,
      elsewhere: { writer: { model: value } },
      origin: 'same-model',
      changed: ['answerer', 'writer'].map((component) => ({ component, variable: 'model', kind: 'model' as const })),
    });
    const [first, ...others] = combine([
      [wide('l'), 0.3],
      [k(5), 0.2],
    ]);
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      settings: { model: 'l', k: 5 },
      elsewhere: { writer: { model: 'l' } },
      changed: [
        { component: 'answerer', variable: 'k' },
        { component: 'answerer', variable: 'model' },
        { component: 'writer', variable: 'model' },
      ],
    });
    expect(
      combine([
        [wide('l'), 0.3],
        [{ ...k(5), elsewhere: { judge: {} } }, 0.2],
      ]),
    ).toEqual([]);
  });
});
