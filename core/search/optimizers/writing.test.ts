import type { Candidate } from '../../preference/candidate';
import { randomStream } from '../../random/stream';
import type { ChatMessage } from '../../system/run-context';
import { prompt, type PromptValue } from '../../system/variable';
import type { ComponentOptimizer, OptimizerContext, RejectedProposal, TracedCall } from '../component-optimizer';
import type { PastProposal } from '../past-proposal';
import { merge } from './merge';
import { opro } from './opro';
import { reflection } from './reflection';

const current = { prompt: { instructions: 'Answer {q}', demonstrations: [] } };
const traces: TracedCall[] = [
  { exampleId: 'fine', inputs: { q: 'fine?' }, outputs: { a: 'good' }, score: 1 },
  { exampleId: 'poor', inputs: { q: 'poor?' }, outputs: { a: 'bad' }, score: 0, feedback: 'name the river' },
  { exampleId: 'half', inputs: { q: 'half?' }, outputs: { a: 'so-so' }, score: 0.5, groundTruth: { a: 'truth' } },
  { exampleId: 'broken', inputs: { q: 'broken?' }, failure: 'no JSON', score: 0.9 },
];
const candidate = (exampleId: string, a: string, origin: Candidate['origin'], score: number): Candidate => ({
  ...{ component: 'answerer', exampleId, origin, configurationHash: 'h', iteration: 0, scores: [score] },
  inputs: { q: `${exampleId}?` },
  outputs: { a },
});
const candidates = [
  candidate('half', 'so-so', 'base', 0.5),
  candidate('half', 'better one', 'sampled', 0.8),
  candidate('half', 'truth', 'ground-truth', 1),
  candidate('poor', 'bad', 'base', 0),
  candidate('poor', 'no better', 'configuration', 0),
];
function tried(instructions: string, instanceGains: Record<string, number>): PastProposal {
  return {
    iteration: 0,
    incumbent: current,
    proposal: {
      settings: { prompt: { instructions, demonstrations: [] } },
      origin: 'opro',
      changed: [{ variable: 'prompt', kind: 'instructions' }],
    },
    ...{ expectedGain: 0.1, measuredGain: 0.1, instanceGains, finalist: false, accepted: false },
  };
}

async function written(
  optimizer: ComponentOptimizer,
  reply: string | undefined,
  rest: Partial<OptimizerContext> = {},
): Promise<{ asked: string[]; texts: string[]; notes: (string | undefined)[]; rejected: RejectedProposal[] }> {
  const asked: string[] = [];
  const rejected: RejectedProposal[] = [];
  const proposals = await optimizer.propose({
    incumbent: {
      variables: { prompt: prompt('Answer {q}', { placeholders: ['q'], maxCharacters: 400 }) },
      settings: current,
    },
    system: { configuration: {}, variables: {} },
    component: { name: 'answerer', description: 'Answers', inputFields: ['q'], outputFields: ['a'] },
    ...{ traces, candidates, demonstrable: [], observations: [], past: [], offered: [], rewardGains: undefined },
    count: 2,
    stream: randomStream(1),
    proposer: {
      async ask(_: string, messages: ChatMessage[]) {
        asked.push(messages.map(({ content }) => content).join('\n'));
        return reply;
      },
    },
    signal: new AbortController().signal,
    reject: (item) => void rejected.push(item),
    ...rest,
  });
  for (const { origin } of proposals) expect(origin).toBe(optimizer.name);
  const texts = proposals.map(({ settings }) => (settings['prompt'] as unknown as PromptValue).instructions);
  return { asked, texts, notes: proposals.map(({ note }) => note), rejected };
}

const good = '<instructions>\nAnswer {q} with a name.\n</instructions>';

/** Better than the incumbent on one example, worse on another: a pair to merge. */
const complementary = tried('Say {q}', { a: 0.5, b: -0.5 });

describe.each([opro, reflection, merge])('$name', (optimizer) => {
  it.each([
    ['nothing', '', ['the reply is empty']],
    [
      'an essay',
      `Prompt engineering is an art. ${'It takes time. '.repeat(200)}`,
      ['long text in which no instructions'],
    ],
    ['half a JSON document', '{"instructions": ["Answer {q}', ['not valid JSON']],
    ['the same prompt', '<instructions>Answer {q}</instructions>', ['is the current instructions']],
    ['a prompt without its placeholder', '<instructions>Answer.</instructions>', ['lacks the placeholder {q}']],
    [
      '200,000 characters',
      `<instructions>{q} ${'x'.repeat(200_000)}</instructions>`,
      ['is longer than 400 characters'],
    ],
  ])('makes nothing of %s, and says why', async (_, reply, reasons) => {
    const { asked, texts, rejected } = await written(optimizer, reply, { past: [complementary] });
    expect(asked).toHaveLength(1);
    expect(texts).toEqual([]);
    expect(rejected.map(({ reason }) => reason)).toEqual(reasons.map((reason) => expect.stringContaining(reason)));
    for (const { text } of rejected) expect(text.length).toBeLessThan(250);
  });

  it('proposes what was written, once, and not what was tried before', async () => {
    const { texts, rejected } = await written(optimizer, `${good}<instructions>Old {q}</instructions>${good}`, {
      past: [complementary, tried('Old {q}', {})],
    });
    expect(texts).toEqual(['Answer {q} with a name.']);
    expect(rejected.map(({ reason }) => reason)).toEqual([
      'was tried before',
      'repeats another proposal of this reply',
    ]);
  });

  it('asks for as many versions as a reply has room for', async () => {
    const long = `Answer {q}. ${'Be brief. '.repeat(1_000)}`;
    const incumbent = {
      variables: { prompt: prompt(long, { placeholders: ['q'], maxCharacters: 20_000 }) },
      settings: { prompt: { instructions: long, demonstrations: [] } },
    };
    const room: number[] = [];
    const asked: string[] = [];
    const proposer = {
      async ask(_: string, messages: ChatMessage[], maxTokens: number) {
        room.push(maxTokens);
        asked.push(messages.map(({ content }) => content).join('\n'));
        return '';
      },
    };
    const past = [{ ...complementary, incumbent: incumbent.settings }];
    await written(optimizer, '', { incumbent, past, proposer, count: 8 });
    await written(optimizer, '', { past: [complementary], proposer, count: 8 });
    // 10,012 characters are 2,503 tokens by estimate: one version half as long again, and the tags.
    expect(room).toEqual([500 + 3_755, 2_000]);
    expect(asked.map((text) => /Write (?:one|\d) new/.exec(text)?.[0])).toEqual([
      expect.stringMatching(/one|1/),
      'Write 8 new',
    ]);
  });

  it('does not propose what was replaced', async () => {
    const replaced = { prompt: { instructions: 'First {q}', demonstrations: [] } };
    const accepted = { ...tried('Answer {q}', {}), incumbent: replaced, accepted: true };
    const reply = '<instructions>First {q}</instructions>';
    const { texts, rejected } = await written(optimizer, reply, { past: [accepted, complementary] });
    expect(texts).toEqual([]);
    expect(rejected.map(({ reason }) => reason)).toEqual(['was tried before']);
  });

  it('goes on without a reply', async () => {
    const past = [complementary];
    expect(await written(optimizer, undefined, { past })).toMatchObject({ texts: [], rejected: [] });
    expect(await written(optimizer, good, { past, proposer: undefined })).toMatchObject({ asked: [], texts: [] });
  });
});

describe('reflection', () => {
  it("shows calls that went wrong, the component's own fault first, and what would have been better", async () => {
    const { asked, notes } = await written(reflection, good);
    const [text = ''] = asked;
    const places = ['broken?', 'half?', 'poor?'].map((input) => text.indexOf(`input q: ${input}`));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
    expect(text).not.toContain('input q: fine?');
    for (const part of [
      'the step failed: no JSON',
      'feedback: name the river',
      'better (+0.30) a: better one',
      'right a: truth',
    ]) {
      expect(text).toContain(part);
    }
    // It neither gains nor loses: it tells nothing.
    expect(text).not.toContain('no better');
    expect(notes).toEqual(['rewritten after 3 call(s), from the current instructions']);
  });

  it("lets the reward say which of the component's own outputs is better", async () => {
    const compared: unknown[] = [];
    const { asked } = await written(reflection, good, {
      rewardGains: async (comparisons) => {
        compared.push(...comparisons);
        return comparisons.map(({ candidate: { a } }) => (a === 'no better' ? 0.7 : -0.2));
      },
    });
    expect(compared).toMatchObject([
      { inputs: { q: 'poor?' }, incumbent: { a: 'bad' }, candidate: { a: 'no better' } },
      { inputs: { q: 'half?' }, incumbent: { a: 'so-so' }, candidate: { a: 'better one' } },
    ]);
    expect(asked[0]).toContain('better (+0.70) a: no better');
    expect(asked[0]).toContain('worse (-0.20) a: better one');
    expect(asked[0]?.indexOf('poor?')).toBeLessThan(asked[0]?.indexOf('half?') ?? 0);
  });

  it("shows the ranking of the component's own outputs: the two best and the worst", async () => {
    const others = ['first', 'second', 'third', 'fourth'].map((a, index) =>
      candidate('half', a, 'sampled', [0.5, 0.7, 0, 0.9][index] as number),
    );
    const { asked } = await written(reflection, good, { candidates: [candidates[0] as Candidate, ...others] });
    const lines = asked[0]?.match(/^(?:better|worse) .*$/gm);
    expect(lines).toEqual(['better (+0.40) a: fourth', 'better (+0.20) a: second', 'worse (-0.50) a: third']);
  });

  it('rewrites instructions of the front, in proportion to the examples that they are best on', async () => {
    const past = [tried('Say {q}', { a: 0.5, b: 0.5, c: 0.5, d: -1 })];
    const parents = new Set<boolean>();
    let other = 0;
    for (let seed = 0; seed < 40; seed++) {
      const { asked, notes } = await written(reflection, good, { past, stream: randomStream(seed) });
      const fromOther = asked[0]?.includes('Rewrite these instructions for it:\n\n<instructions>\nSay {q}') ?? false;
      parents.add(fromOther);
      if (!fromOther) continue;
      other++;
      expect(asked[0]).toContain('made with other instructions, the current ones:\n\nAnswer {q}');
      expect(notes[0]).not.toContain('current');
    }
    expect(parents.size).toBe(2);
    expect(other).toBeGreaterThan(20);
  });

  it('has room for what is rewritten, however short the current instructions are', async () => {
    const parent = `Say {q}. ${'Be brief. '.repeat(600)}`;
    const past = [tried(parent, { a: 0.5, b: 0.5, c: 0.5 })];
    const room: number[] = [];
    const proposer = {
      async ask(_: string, __: ChatMessage[], maxTokens: number) {
        room.push(maxTokens);
        return '';
      },
    };
    const variables = { prompt: prompt('Answer {q}', { placeholders: ['q'], maxCharacters: 8_000 }) };
    await written(reflection, '', { past, proposer, count: 8, incumbent: { variables, settings: current } });
    // 6,009 characters, and no version may have more than 8,000, which are 2,000 tokens: three of them fit.
    expect(room).toEqual([500 + 3 * 2_000]);
  });

  it('asks nothing where nothing went wrong, and says so', async () => {
    const [base, other] = [candidate('fine', 'good', 'base', 1), candidate('fine', 'fine too', 'sampled', 1)];
    const tiny = await written(reflection, good, {
      ...{ traces: traces.slice(0, 1), candidates: [base, other], rewardGains: async () => [0.002] },
    });
    expect(tiny.asked).toEqual([]);
    const { asked, rejected } = await written(reflection, good, { traces: traces.slice(0, 1), candidates: [] });
    expect(asked).toEqual([]);
    expect(rejected).toEqual([{ text: '', reason: expect.stringContaining('nothing to reflect on') as string }]);
  });
});

describe('merge', () => {
  it('gives the proposer two instructions that are each better somewhere, and how often', async () => {
    const past = [tried('Say {q}', { a: 0.5, b: 0.5, c: -0.5 })];
    const { asked, texts, notes } = await written(merge, good, { past });
    expect(texts).toEqual(['Answer {q} with a name.']);
    expect(asked[0]).toContain('better on 1 example:\n\n<instructions>\nAnswer {q}\n</instructions>');
    expect(asked[0]).toContain('better on 2 examples:\n\n<instructions>\nSay {q}\n</instructions>');
    expect(notes[0]).toMatch(/^of [0-9a-f]{12} and [0-9a-f]{12}$/);
  });

  it('asks nothing without such a pair', async () => {
    expect((await written(merge, good)).asked).toEqual([]);
  });
});

describe('opro', () => {
  it('shows instructions of the run with their scores on training inputs, ascending', async () => {
    const { asked } = await written(opro, good, { past: [tried('Old {q}', {})] });
    expect(asked[0]).toMatch(/Score 0\.600 \(current\):[\s\S]*Score 0\.700:\n<instructions>\nOld \{q\}/);
  });
});
