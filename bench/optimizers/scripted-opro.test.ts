import { randomStream } from '../../core/random/stream';
import type { PastProposal } from '../../core/search/past-proposal';
import { propose, type Incumbent, type Proposal } from '../../core/search/proposal';
import { prompt } from '../../core/system/variable';
import { directives } from '../../systems/synthetic/directives';
import { scriptedOpro } from './scripted-opro';

const variables = { prompt: prompt('Do the task.') };
const settingsOf = (instructions: string) => ({ prompt: { instructions, demonstrations: [] } });
const incumbent: Incumbent = { variables, settings: settingsOf('Do the task.') };
const { brief, stepwise } = directives;

const tried = (phrase: string, expectedGain: number): PastProposal => {
  const settings = settingsOf(`Do the task. ${phrase}`);
  const proposal = propose(incumbent, settings, { origin: 'opro' }) as Proposal;
  return {
    ...{ iteration: 0, incumbent: incumbent.settings, proposal, expectedGain, measuredGain: null },
    ...{ finalist: false, accepted: false },
  };
};
const share = (proposals: readonly Proposal[], phrase: string): number =>
  proposals.filter(({ settings }) => JSON.stringify(settings).includes(phrase)).length / proposals.length;

it('writes on from what scored best, not from what scored worst, and proposes no incumbent', () => {
  const past = [
    tried(brief.phrase, 0.2),
    ...[0.01, 0.02, 0.03].map((gain, index) => tried(`${brief.phrase} ${'!'.repeat(index + 1)}`, gain)),
    tried(stepwise.phrase, -0.4),
  ];
  const proposals = scriptedOpro(incumbent, past, 400, randomStream(1));
  expect(share(proposals, brief.phrase)).toBeGreaterThan(0.7);
  expect(share(proposals, stepwise.phrase)).toBeLessThan(0.35);
  expect(proposals.every(({ settings }) => JSON.stringify(settings).includes('Do the task.'))).toBe(true);
  expect(proposals.map(({ settings }) => settings)).not.toContainEqual(incumbent.settings);
  // Nothing is known at first: every directive is as likely.
  const blind = scriptedOpro(incumbent, [], 400, randomStream(1));
  expect(Math.abs(share(blind, brief.phrase) - share(blind, stepwise.phrase))).toBeLessThan(0.1);
});
