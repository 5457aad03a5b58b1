import type { Proposal } from './proposal';
import { simultaneousProposal, type LocalPart } from './simultaneous-proposal';

const toned = (tone: string, more: Partial<Proposal> = {}): Proposal => ({
  settings: { tone },
  origin: 'grid',
  changed: [{ variable: 'tone', kind: 'hyperparameter' }],
  optimizers: ['hyperparameters'],
  ...more,
});
const scored = (configurationHash: string, meanGain: number) => ({
  ...{ configurationHash, meanGain, standardError: 0.03, inputs: 6, outputsHash: configurationHash, changes: 1 },
});
const part = (component: string, ...judged: [proposal: Proposal, gain: number][]): LocalPart => ({
  component,
  judged: judged.map(([proposal, gain]) => ({ proposal, score: scored(String(proposal.settings['tone']), gain) })),
});

it('puts the best of every component together and expects the sum of their gains', () => {
  const step = simultaneousProposal([
    part('writer', [toned('b'), 0.1], [toned('c', { optimizers: ['models'], note: 'terse' }), 0.2]),
    part('judge', [toned('d'), -0.1]),
    part('editor', [toned('e'), 0.05]),
  ]);
  expect(step).toEqual({
    component: 'writer',
    proposal: {
      settings: { tone: 'c' },
      elsewhere: { editor: { tone: 'e' } },
      origin: 'simultaneous',
      changed: ['writer', 'editor'].map((component) => ({ component, variable: 'tone', kind: 'hyperparameter' })),
      note: 'writer: terse + editor: grid',
      optimizers: ['models', 'hyperparameters'],
    },
    expected: {
      meanGain: expect.closeTo(0.25, 9),
      standardError: expect.closeTo(Math.hypot(0.03, 0.03), 9),
      inputs: 6,
    },
    parts: [
      expect.objectContaining({ component: 'writer', proposal: toned('c', { optimizers: ['models'], note: 'terse' }) }),
      expect.objectContaining({ component: 'editor', proposal: toned('e') }),
    ],
  });
});

it('changes one component where only one has something to gain, and nothing where none has', () => {
  const one = simultaneousProposal([part('writer', [toned('b'), 0]), part('editor', [toned('e'), 0.05])]);
  expect(one).toMatchObject({ component: 'editor', parts: [{ component: 'editor' }] });
  expect(one?.proposal).not.toHaveProperty('elsewhere');
  expect(simultaneousProposal([part('writer', [toned('b'), 0]), part('editor')])).toBeUndefined();
});

it('leaves out what changes other components as well, and what was not judged', () => {
  const wider = toned('x', { elsewhere: { editor: { tone: 'x' } }, origin: 'same-model' });
  const unjudged = { proposal: toned('y'), score: undefined };
  const writer = part('writer', [wider, 0.9], [toned('b'), 0.1]);
  const step = simultaneousProposal([{ ...writer, judged: [unjudged, ...writer.judged] }]);
  expect(step?.proposal.settings).toEqual({ tone: 'b' });
});
