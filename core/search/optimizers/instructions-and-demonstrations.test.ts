import { randomStream } from '../../random/stream';
import { prompt } from '../../system/variable';
import type { OptimizerContext } from '../component-optimizer';
import type { PastProposal } from '../past-proposal';
import { promptIn } from '../prompt-standings';
import type { Proposal } from '../proposal';
import { instructionsAndDemonstrations } from './instructions-and-demonstrations';

const variables = { prompt: prompt('Answer.', { demonstrations: { max: 2 } }) };
const settings = (instructions: string, shown: string[] = []) => ({
  prompt: { instructions, demonstrations: shown.map((q) => ({ inputs: { q }, outputs: { a: q } })) },
});
const offered: Proposal = {
  settings: settings('Written now.'),
  origin: 'opro',
  changed: [{ variable: 'prompt', kind: 'instructions' }],
};
const past: PastProposal = {
  iteration: 0,
  incumbent: settings('Answer.'),
  proposal: {
    settings: settings('Answer.', ['early']),
    origin: 'demonstrations',
    changed: [{ variable: 'prompt', kind: 'demonstrations' }],
  },
  ...{ expectedGain: 0.1, measuredGain: null, finalist: false, accepted: false },
};

async function combined(rest: Partial<OptimizerContext> = {}) {
  const proposals = await instructionsAndDemonstrations.propose({
    incumbent: { variables, settings: settings('Answer.') },
    component: { name: 'answerer', description: 'Answers', inputFields: ['q'], outputFields: ['a'] },
    ...{ traces: [], candidates: [], observations: [], proposer: undefined, rewardGains: undefined },
    demonstrable: [{ exampleId: 'e', inputs: { q: 'traced' }, outputs: { a: 'x' }, score: 1 }],
    ...{ offered: [offered], past: [past], count: 60, stream: randomStream(1) },
    signal: new AbortController().signal,
    reject: () => {},
    ...rest,
  });
  return proposals.map((proposal) => {
    const { instructions, demonstrations } = promptIn(proposal.settings, 'prompt');
    return { instructions, shown: demonstrations.map(({ inputs }) => inputs['q']) };
  });
}

describe('instructionsAndDemonstrations', () => {
  it('combines what others offer, edits and the incumbent with fresh and earlier sets', async () => {
    const proposals = await combined();
    expect(proposals).toContainEqual({ instructions: 'Written now.', shown: ['traced'] });
    expect(proposals).toContainEqual({ instructions: 'Written now.', shown: ['early'] });
    expect(proposals.some(({ instructions }) => instructions.startsWith('Answer. '))).toBe(true);
    expect(proposals).toContainEqual({ instructions: 'Answer.', shown: ['traced'] });
    expect(proposals).not.toContainEqual({ instructions: 'Answer.', shown: ['early'] }); // Tried before.
  });

  it('has nothing for a prompt without demonstrations', async () => {
    const incumbent = { variables: { prompt: prompt('Answer.') }, settings: settings('Answer.') };
    expect(await combined({ incumbent, past: [] })).toEqual([]);
  });
});
