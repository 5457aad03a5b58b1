import { contentHash } from '../system/canonical-json';
import type { JsonObject } from '../system/json';
import { integer, prompt, type Demonstration } from '../system/variable';
import { checkProposals, type CheckOptions } from './check-proposals';
import type { HeldOutExample } from './held-out-copies';
import type { Incumbent, Proposal } from './proposal';

const incumbent: Incumbent = {
  variables: {
    prompt: prompt('Answer {q}', { placeholders: ['q'], maxCharacters: 300, demonstrations: { max: 1 } }),
    k: integer(1, 5, { initial: 1 }),
  },
  settings: { prompt: { instructions: 'Answer {q}', demonstrations: [] }, k: 1 },
};
const heldOut: HeldOutExample[] = [
  {
    exampleId: 'v1',
    texts: ['The quick brown fox jumps over the lazy dog every morning.', 'who wrote it'],
    inputs: ['who wrote it', 'yes'],
  },
];
const proposal = (settings: JsonObject): Proposal => ({
  settings: { ...incumbent.settings, ...settings },
  origin: 'opro',
  changed: [],
});
const instructed = (instructions: string, demonstrations: Demonstration[] = []): Proposal =>
  proposal({ prompt: { instructions, demonstrations } as never });
function reasons(proposals: Proposal[], rest: Partial<CheckOptions> = {}): string[] {
  const { kept, rejected } = checkProposals(proposals, {
    incumbent,
    promptTrustRegion: 1,
    heldOut: () => heldOut,
    allowed: () => [],
    hiddenInputs: () => new Set<string>(),
    ...rest,
  });
  expect(kept.length + rejected.length).toBe(proposals.length);
  return rejected.map(({ reason }) => reason);
}

describe('checkProposals', () => {
  it('keeps what is sound', () => {
    expect(reasons([instructed('Answer {q} in one word.'), proposal({ k: 5 })])).toEqual([]);
  });

  it.each([
    [instructed('Answer.'), "variable 'prompt' lacks the placeholder {q}"],
    [instructed(`{q} ${'x'.repeat(200_000)}`), "variable 'prompt' is longer than 300 characters"],
    [instructed('  '), "variable 'prompt' has empty instructions"],
    [proposal({ k: 9 }), "variable 'k' is 9; expected a number in 1..5"],
    [proposal({ prompt: null }), "variable 'prompt' must be {instructions, demonstrations}"],
    [proposal({ other: 1 }), "sets 'other', which the component does not have"],
  ])('rejects settings outside their space (case %#)', (item, reason) => {
    expect(reasons([item])).toEqual([reason]);
  });

  it('rejects eight words of a held-out example in a row, whatever their case and punctuation', () => {
    const copy = 'Answer {q}, e.g. "the QUICK brown fox, jumps over the lazy dog".';
    expect(reasons([instructed(copy)])).toEqual([
      `copies held-out example 'v1': "the quick brown fox jumps over the lazy"`,
    ]);
    expect(reasons([instructed('Answer {q}. Quick brown fox jumps over the lazy cat.')])).toEqual([]);
  });

  it('rejects a whole short input, but no single word', () => {
    expect(reasons([instructed('For "Who wrote it?" answer {q}')])).toEqual([
      `copies held-out example 'v1': "who wrote it"`,
    ]);
    expect(reasons([instructed('Answer {q} with yes or no, who wrote')])).toEqual([]);
  });

  it('rejects copies in demonstrations', () => {
    const demonstration = { inputs: { q: 'x' }, outputs: { a: [heldOut[0]?.texts[0] ?? ''] } };
    expect(reasons([instructed('Answer {q}', [demonstration])])[0]).toContain("copies held-out example 'v1'");
  });

  it('allows what training data or the incumbent say in the same words', () => {
    const copy = [instructed('Answer {q}. Who wrote it?')];
    expect(reasons(copy, { allowed: () => ['He asked who wrote it.'] })).toEqual([]);
    const had = { ...incumbent, settings: instructed('Who wrote it? {q}').settings };
    expect(reasons(copy, { incumbent: had })).toEqual([]);
  });

  it('rejects demonstrations for inputs on which proposals are judged', () => {
    const shown = instructed('Answer {q}', [{ inputs: { q: 'x' }, outputs: { a: 'y' } }]);
    expect(reasons([shown], { hiddenInputs: () => new Set([contentHash({ q: 'x' })]) })).toEqual([
      'has a demonstration for inputs on which proposals are judged',
    ]);
    expect(reasons([shown], { hiddenInputs: () => new Set([contentHash({ q: 'z' })]) })).toEqual([]);
  });

  it('rejects what is beyond the trust region, and only for prompts', () => {
    const options = { promptTrustRegion: 0.4 };
    expect(reasons([instructed('Answer {q} now'), proposal({ k: 5 })], options)).toEqual([]);
    expect(reasons([instructed('Say what {q} is about')], options)).toEqual([
      'changes at least 80 % of the words, more than promptTrustRegion (0.4) allows',
    ]);
  });

  it('leaves demonstrations and other settings free where instructions may not change at all', () => {
    const shown = { inputs: { q: 'what is it' }, outputs: { a: 'a lake' } };
    const free = [instructed('Answer {q}', [shown]), proposal({ k: 5 })];
    expect(reasons(free, { promptTrustRegion: 0 })).toEqual([]);
    expect(reasons([instructed('Answer {q} now')], { promptTrustRegion: 0 })).toHaveLength(1);
  });

  it('says which text it was', () => {
    const { rejected } = checkProposals([instructed('Who wrote it? {q}')], {
      ...{ incumbent, promptTrustRegion: 1, hiddenInputs: () => new Set<string>() },
      heldOut: () => heldOut,
      allowed: () => [],
    });
    expect(rejected.map(({ text }) => text)).toEqual(['Who wrote it? {q}']);
  });
});
