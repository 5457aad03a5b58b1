import { randomStream } from '../random/stream';
import { prompt, type Demonstration, type PromptValue } from '../system/variable';
import { tokensOf, demonstrationProposals, type TracedExample } from './demonstration-proposals';
import { proposalHash, type Incumbent, type Proposal } from './proposal';

const topics = ['rivers', 'coins', 'flags', 'songs', 'roads', 'birds', 'ships', 'gems'];
const traced: TracedExample[] = Array.from({ length: 40 }, (_, index) => ({
  exampleId: `t${index}`,
  inputs: { question: `What of ${topics[index % 8]} number ${index}?`, text: 'word '.repeat(1 + (index % 5) * 8) },
  outputs: { answer: `answer ${index}` },
  score: index % 4 === 0 ? 0.2 : 0.9 + (index % 10) / 100,
}));

const incumbent = (max: number, demonstrations: Demonstration[] = []): Incumbent => ({
  variables: { prompt: prompt('Answer {question}', { demonstrations: { max }, placeholders: ['question'] }) },
  settings: { prompt: { instructions: 'Answer {question}', demonstrations } as never },
});
const withRoom = (max: number, tokens: number): Incumbent => ({
  ...incumbent(max),
  variables: {
    prompt: prompt('Answer {question}', { demonstrations: { max, tokens }, placeholders: ['question'] }),
  },
});
const make = (max: number, rest: Partial<Parameters<typeof demonstrationProposals>[0]> = {}): Proposal[] =>
  demonstrationProposals({ incumbent: incumbent(max), variable: 'prompt', traced, stream: randomStream(3), ...rest });
const setOf = (proposal: Proposal): Demonstration[] =>
  (proposal.settings['prompt'] as unknown as PromptValue).demonstrations;

describe('demonstrationProposals', () => {
  it('makes several distinct sets of 1, 2, 4, ... and the most, with the instructions kept', () => {
    const proposals = make(6, { setsPerSize: 4 });
    const sizes = proposals.map((item) => setOf(item).length);
    expect([...new Set(sizes)].sort()).toEqual([1, 2, 4, 6]);
    expect(sizes.filter((size) => size === 4).length).toBeGreaterThanOrEqual(3);
    expect(new Set(proposals.map(proposalHash)).size).toBe(proposals.length);
    for (const proposal of proposals) {
      expect((proposal.settings['prompt'] as unknown as PromptValue).instructions).toBe('Answer {question}');
      expect(proposal.changed).toEqual([{ variable: 'prompt', kind: 'demonstrations' }]);
    }
    expect(make(8).some((item) => setOf(item).length === 8)).toBe(true);
  });

  it('takes only correct ones, from the traces given', () => {
    const correct = new Set(traced.filter((item) => item.score >= 0.8).map((item) => item.outputs['answer']));
    for (const proposal of make(8)) {
      for (const { outputs } of setOf(proposal)) expect(correct.has(outputs['answer']!)).toBe(true);
    }
    expect(make(8, { threshold: 1 })).toEqual([]);
    expect(make(8, { traced: [{ ...traced[1]!, score: Number.NaN }] })).toEqual([]);
    expect(make(8, { traced: [{ ...traced[1]!, outputs: { answer: ' ' } }] })).toEqual([]);
  });

  it('uses ground truth in place of traced outputs, whatever the trace scored', () => {
    const [proposal, ...rest] = make(1, { traced: [traced[0]!], groundTruth: { t0: { answer: 'right' } } });
    expect(setOf(proposal!)).toEqual([{ inputs: traced[0]!.inputs, outputs: { answer: 'right' } }]);
    expect(rest).toEqual([]);
  });

  it.each([15, 40, 100, 250])('never exceeds a budget of %i tokens', (tokenBudget) => {
    for (let seed = 0; seed < 20; seed++) {
      for (const proposal of make(8, { stream: randomStream(seed), incumbent: withRoom(8, tokenBudget) })) {
        const total = setOf(proposal).reduce((sum, item) => sum + tokensOf(item), 0);
        expect(total).toBeLessThanOrEqual(tokenBudget);
      }
    }
  });

  it('says that no correct call has room, and how much the shortest takes', () => {
    const reject = jest.fn();
    const long = traced.map((item) => ({ ...item, inputs: { ...item.inputs, text: 'word '.repeat(1_000) } }));
    expect(make(4, { traced: long, reject })).toEqual([]);
    const reason = expect.stringMatching(
      /^'prompt' can show none of 30 correct call\(s\): the shortest has 12\d\d tokens, demonstrations.tokens is 1000$/,
    ) as string;
    expect(reject.mock.calls).toEqual([[{ text: expect.stringContaining('word') as string, reason }]]);
    expect(make(4, { traced: long, reject, incumbent: withRoom(4, 2_000) })).not.toEqual([]);
    // Nothing correct is no want of room.
    expect(make(4, { threshold: 1, reject })).toEqual([]);
    expect(reject).toHaveBeenCalledTimes(1);
  });

  it('never shows one input twice in a set, keeping the better outputs', () => {
    const twice: TracedExample[] = [
      { exampleId: 'a', inputs: { q: 'same' }, outputs: { answer: 'good' }, score: 0.85 },
      { exampleId: 'b', inputs: { q: 'same' }, outputs: { answer: 'better' }, score: 0.95 },
    ];
    const proposals = make(4, { traced: twice });
    expect(proposals.map(setOf)).toEqual([[{ inputs: { q: 'same' }, outputs: { answer: 'better' } }]]);
  });

  it('never proposes what the incumbent has, in any order, but proposes to drop it', () => {
    const pair = traced.slice(1, 3).map(({ inputs, outputs }) => ({ inputs, outputs }));
    for (let seed = 0; seed < 10; seed++) {
      const proposals = make(2, {
        incumbent: incumbent(2, pair),
        traced: traced.slice(1, 3),
        stream: randomStream(seed),
      });
      const sizes = proposals.map((item) => setOf(item).length);
      expect(sizes).not.toContain(2);
      expect(sizes.filter((size) => size === 0)).toHaveLength(1);
    }
  });

  it('chooses sets with less overlap than random ones', () => {
    const copies: TracedExample[] = Array.from({ length: 30 }, (_, index) => ({
      exampleId: `c${index}`,
      inputs: {
        question: `${index < 24 ? 'the same old words' : `unlike ${'abcdef'[index - 24]}${index} things`} ${index}`,
      },
      outputs: { answer: 'x' },
      score: 1,
    }));
    const sets = make(4, { traced: copies, setsPerSize: 10 })
      .map(setOf)
      .filter((set) => set.length === 4);
    const unlike = sets.flat().filter((item) => (item.inputs['question'] as string).startsWith('unlike')).length;
    // Random sets would have 20 % of them.
    expect(unlike / sets.flat().length).toBeGreaterThan(0.35);
  });

  it('prefers outputs that scored more than others for the same inputs', () => {
    const contrasts = [0.5, 0, undefined];
    const examples = Array.from({ length: 60 }, (_, index): TracedExample => {
      const contrast = contrasts[index % 3];
      const known = contrast === undefined ? {} : { contrast };
      return {
        exampleId: `c${index}`,
        inputs: { q: `q${index}` },
        outputs: { answer: `a${index % 3}` },
        score: 1,
        ...known,
      };
    });
    const shown = make(4, { traced: examples, setsPerSize: 10 }).flatMap(setOf);
    const share = (answer: string) => shown.filter(({ outputs }) => outputs['answer'] === answer).length / shown.length;
    // Random sets would have a third of each.
    expect(share('a0')).toBeGreaterThan(0.9);
    expect(share('a1')).toBe(0);
  });

  it('prefers ground truth that can be had from the inputs', () => {
    const examples = Array.from({ length: 40 }, (_, index) => `answer${index}`);
    const failed: TracedExample[] = examples.map((answer, index) => ({
      exampleId: `f${index}`,
      inputs: { passage: index % 2 === 0 ? `here is ${answer}` : `here is nothing${index}` },
      outputs: { answer: '?' },
      score: 0,
    }));
    const groundTruth = Object.fromEntries(examples.map((answer, index) => [`f${index}`, { answer }]));
    const shown = make(4, { traced: failed, groundTruth, setsPerSize: 10 }).flatMap(setOf);
    const held = shown.filter(({ inputs, outputs }) => String(inputs['passage']).includes(String(outputs['answer'])));
    // Random sets would have half of them.
    expect(held.length / shown.length).toBeGreaterThan(0.9);
  });

  it('depends on the stream, not on the order of traces', () => {
    expect(make(4, { traced: [...traced].reverse() })).toEqual(make(4));
    expect(make(4, { stream: randomStream(4) })).not.toEqual(make(4));
  });

  it('has nothing to propose without traces, or where demonstrations are not allowed', () => {
    expect(make(4, { traced: [] })).toEqual([]);
    expect(make(0)).toEqual([]);
  });
});
