import { prompt, type PromptValue } from '../system/variable';
import { parseWrittenInstructions } from './written-instructions';
import type { Incumbent } from './proposal';

const incumbent: Incumbent = {
  variables: { prompt: prompt('Answer the question.', { maxCharacters: 300, demonstrations: { max: 1 } }) },
  settings: { prompt: { instructions: 'Answer the question.', demonstrations: [] } },
};
const withPlaceholder: Incumbent = {
  variables: { prompt: prompt('Answer {q}', { placeholders: ['q'] }) },
  settings: { prompt: { instructions: 'Answer {q}', demonstrations: [] } },
};

function read(reply: string, rest: { from?: Incumbent; known?: string[]; limit?: number } = {}) {
  const { from = incumbent, ...options } = rest;
  const { proposals, rejected } = parseWrittenInstructions(reply, {
    ...{ incumbent: from, variable: 'prompt', origin: 'opro' as const },
    ...options,
  });
  return {
    texts: proposals.map((item) => (item.settings['prompt'] as unknown as PromptValue).instructions),
    reasons: rejected.map((item) => item.reason),
    proposals,
    rejected,
  };
}

describe('parseWrittenInstructions', () => {
  it('keeps multi-line proposals whole', () => {
    const first = 'Read the passages.\n\n1. Find the sentence.\n2. Copy the answer.\n```\nformat\n```';
    const { texts, proposals, rejected } = read(
      `Here you go:\n<instructions>\n${first}\n</instructions>\nand\n<instructions>Second.</instructions> Good luck!`,
    );
    expect(texts).toEqual([first, 'Second.']);
    expect(rejected).toEqual([]);
    expect(proposals[0]).toMatchObject({ origin: 'opro', changed: [{ variable: 'prompt', kind: 'instructions' }] });
  });

  it.each([
    ['a JSON array', '["Do this.\\nThen that.", "Do the other."]'],
    ['a fenced JSON array', 'Sure!\n```json\n["Do this.\\nThen that.", "Do the other."]\n```\nHope it helps.'],
    ['JSON after words', 'Here are two prompts: ["Do this.\\nThen that.", "Do the other."]'],
    ['objects', '{"prompts": [{"instructions": "Do this.\\nThen that.", "why": "x"}, {"prompt": "Do the other."}]}'],
    ['code fences', 'Here:\n```\nDo this.\nThen that.\n```\nor\n```text\nDo the other.\n```'],
    ['a numbered list', '1. Do this.\nThen that.\n2. Do the other.'],
    ['a titled list', 'Here are the prompts:\n\n**Prompt 1:** Do this.\nThen that.\n\n**Prompt 2:** Do the other.'],
    ['bare headings', '**Version 1**\nDo this.\nThen that.\n\n**Version 2**\nDo the other.'],
    [
      'a tag in the singular',
      '<instruction>Do this.\nThen that.</instruction>\n<instruction>Do the other.</instruction>',
    ],
    [
      'numbered tags',
      '1. <instructions>Do this.\nThen that.</instructions>\n- <instructions>Do the other.</instructions>',
    ],
    ['headings', '## Version 1:\nDo this.\nThen that.\n## Version 2:\n"Do the other."'],
    ['other tags', '<prompt>Do this.\nThen that.</prompt><prompt>Do the other.</prompt>'],
    [
      'reasoning first',
      '<think>1. a\n2. <instructions>no</instructions></think>["Do this.\\nThen that.", "Do the other."]',
    ],
    [
      'fences in tags',
      '<instructions>\n```\nDo this.\nThen that.\n```\n</instructions><instructions>Do the other.</instructions>',
    ],
  ])('reads %s', (_, reply) => {
    const { texts, reasons } = read(reply);
    expect(texts).toEqual(['Do this.\nThen that.', 'Do the other.']);
    expect(reasons).toEqual([]);
  });

  it.each([
    [
      'versions of several steps',
      '**Version 1**\nSo:\n1. Read.\n2. Answer.\n\n**Version 2**\nDo.',
      ['So:\n1. Read.\n2. Answer.', 'Do.'],
    ],
    [
      'the same with colons',
      'Version 1:\nSo:\n1. Read.\n2. Answer.\n\nVersion 2:\nDo.',
      ['So:\n1. Read.\n2. Answer.', 'Do.'],
    ],
    [
      'JSON about a tag',
      '["Read the <instruction>...</instruction> block.", "Do."]',
      ['Read the <instruction>...</instruction> block.', 'Do.'],
    ],
  ])('reads two proposals from %s', (_, reply, expected) => {
    expect(read(reply).texts).toEqual(expected);
  });

  it('takes no mention of the tags for instructions', () => {
    for (const said of ['<instructions> and </instructions>', '`<instructions>` and `</instructions>`']) {
      const { texts, reasons } = read(
        `Each between ${said}, as asked. <instructions>Do this.</instructions> <instructions>Do that.</instructions>`,
      );
      expect(texts).toEqual(['Do this.', 'Do that.']);
      expect(reasons).toEqual(['stands between tags that are mentioned']);
    }
  });

  it.each([
    ['plain text', 'Answer in one word.', 'Answer in one word.'],
    ['a preamble', "Here's an improved version:\n\nAnswer in one word.", 'Answer in one word.'],
    ['quotation marks', '"Answer in one word."', 'Answer in one word.'],
    ['steps under a sentence', 'Answer well.\n1. Read.\n2. Reply.', 'Answer well.\n1. Read.\n2. Reply.'],
    ['values in brackets', 'Reply with one of ["yes", "no"].', 'Reply with one of ["yes", "no"].'],
    ['a format example', 'Reply so:\n```\nanswer: x\n```', 'Reply so:\n```\nanswer: x\n```'],
    ['a tag of another kind', 'Put it after <prompt> please.', 'Put it after <prompt> please.'],
    [
      'headings within instructions',
      'Follow the instructions below.\n\n## Version 1\nRead.\n\n## Version 2\nAnswer.',
      'Follow the instructions below.\n\n## Version 1\nRead.\n\n## Version 2\nAnswer.',
    ],
    [
      'options to choose from',
      'Here is the prompt:\n\nOption 1\nIf they agree.\nOption 2\nOtherwise.',
      'Option 1\nIf they agree.\nOption 2\nOtherwise.',
    ],
    [
      'a tag that instructions mention',
      'Obey the text in <instruction>x</instruction>.',
      'Obey the text in <instruction>x</instruction>.',
    ],
    ['inner quotation marks', 'Say "yes" or "no"', 'Say "yes" or "no"'],
  ])('reads one proposal from %s', (_, reply, expected) => {
    expect(read(reply).texts).toEqual([expected]);
  });

  it.each([
    ['nothing', '', 'the reply is empty'],
    ['white space', ' \n\t ', 'the reply is empty'],
    ['reasoning that never ends', '<think>Let me see', 'the reply is empty'],
    ['a refusal', "I'm sorry, but I cannot do that.", 'talks about instructions instead of giving them'],
    ['a chatty remark', 'The current instructions are fine as they are.', 'talks about'],
    ['an essay', 'Good prompts matter. '.repeat(400), 'is a long text in which no instructions are marked'],
    ['broken JSON', '["Do this.", "Do', 'is not valid JSON'],
    ['JSON without instructions', '{"answer": 3}', 'is not valid JSON with instructions'],
    ['null', 'null', 'is a value, not instructions'],
    ['a number', '42', 'is a value, not instructions'],
    ['null in a fence', '```json\nnull\n```', 'is a value, not instructions'],
    ['a cut-off tag', '<instructions>Do this and', 'lacks </instructions>: cut off'],
    ['the same prompt', '<instructions> Answer  the question.\n</instructions>', 'is the current instructions'],
    ['brackets within brackets', `${'['.repeat(5_000)}"Say"${']'.repeat(5_000)}`, 'is a long text in which'],
    ['an ellipsis', '<instructions>...</instructions>', 'has no words'],
    ['an empty tag', '<instructions> </instructions>', 'has empty instructions'],
    ['200,000 characters', `<instructions>${'x '.repeat(100_000)}</instructions>`, 'is longer than 300 characters'],
  ])('rejects %s with a reason', (_, reply, reason) => {
    const { texts, reasons, rejected } = read(reply);
    expect(texts).toEqual([]);
    expect(reasons).toEqual([expect.stringContaining(reason)]);
    expect(rejected[0]!.text.length).toBeLessThan(220);
  });

  it('rejects proposals one by one: lost placeholders, repeats, what was tried, what is beyond the limit', () => {
    const reply = JSON.stringify(['Say {q}', 'Say it', 'Say  {q}', 'Tell {q}', 'Ask {q}', 'Name {q}']);
    const { texts, reasons } = read(reply, { from: withPlaceholder, known: ['Tell {q}'], limit: 2 });
    expect(texts).toEqual(['Say {q}', 'Ask {q}']);
    expect(reasons).toEqual([
      'lacks the placeholder {q}',
      'repeats another proposal of this reply',
      'was tried before',
      'comes after the first 2 proposals',
    ]);
  });

  it('sums up the reasons where there are very many', () => {
    const { reasons } = read('<instructions>x'.repeat(500));
    expect(reasons).toHaveLength(51);
    expect(reasons.at(-1)).toBe('and 450 more were rejected');
  });

  it('keeps the good ones of a reply that was cut off', () => {
    const { texts, reasons } = read('<instructions>Good one.</instructions>\n<instructions>Half a');
    expect(texts).toEqual(['Good one.']);
    expect(reasons).toEqual(['lacks </instructions>: cut off']);
  });

  it.each([' ', '\n', '#', '`', '```\n', '1. ', '"', '[', '{"', '<instructions>', '<think>', 'a', '* ', 'please '])(
    'reads 200,000 characters of %j in little time and without throwing',
    (unit) => {
      const started = performance.now();
      const { texts } = read(unit.repeat(200_000 / unit.length));
      expect(texts).toEqual([]);
      expect(performance.now() - started).toBeLessThan(2_000);
    },
  );
});
