import { randomStream } from '../random/stream';
import { prompt, type PromptValue } from '../system/variable';
import { instructionEdits } from './instruction-edits';
import { proposalHash, type Incumbent } from './proposal';

function edited(instructions: string, placeholders: string[] = [], maxCharacters = 8_000): Record<string, string> {
  const demonstrations = [{ inputs: { a: 1 }, outputs: { b: 1 } }];
  const incumbent: Incumbent = {
    variables: { prompt: prompt(instructions, { placeholders, maxCharacters, demonstrations: { max: 1 } }) },
    settings: { prompt: { instructions, demonstrations } },
  };
  const context = {
    description: 'Answers a question about countries',
    inputFields: ['question', 'passages'],
    outputFields: ['answer'],
  };
  const proposals = instructionEdits({ incumbent, variable: 'prompt', context, stream: randomStream(1) });
  expect(new Set(proposals.map(proposalHash)).size).toBe(proposals.length);
  for (const proposal of proposals) {
    expect(proposal.changed).toEqual([{ variable: 'prompt', kind: 'instructions' }]);
    expect((proposal.settings['prompt'] as unknown as PromptValue).demonstrations).toEqual(demonstrations);
  }
  return Object.fromEntries(
    proposals.map((item) => [item.note, (item.settings['prompt'] as unknown as PromptValue).instructions]),
  );
}

describe('instructionEdits', () => {
  it('offers many different edits of the incumbent', () => {
    const all = edited('You are a helpful assistant. Please answer the question');
    expect(Object.keys(all).length).toBeGreaterThanOrEqual(18);
    expect(all['only the answer']).toBe(
      'You are a helpful assistant. Please answer the question. Give only the answer, without explanation.',
    );
    expect(all['drop politeness']).toBe('Answer the question');
    expect(all['only the task']).toBe('Answers a question about countries.');
    expect(all['state the task']).toMatch(/^Task: Answers a question about countries\.\nYou are/);
    expect(all['name the outputs']).toContain('Write only: answer.');
    expect(all['first sentence only']).toBe('You are a helpful assistant.');
    expect(edited('One. Two. Three')['without the last sentence']).toBe('One. Two.');
  });

  it('keeps placeholders and puts sentences before the part to fill in', () => {
    const template = 'Answer the question. Be kind.\nQuestion: {question}\nAnswer:';
    const all = edited(template, ['question']);
    expect(all['brief']).toBe('Answer the question. Be kind. Be as brief as possible.\nQuestion: {question}\nAnswer:');
    expect(all['without the last sentence']).toContain('{question}');
    expect(all['first sentence only']).toContain('Question: {question}');
    expect(all['only the task']).toBeUndefined();
    for (const text of Object.values(all)) expect(text).toContain('{question}');
    expect(edited('{question}', ['question'])['brief']).toBe('Be as brief as possible.\n{question}');
    expect(edited('Read this.\nAnswer:')['brief']).toBe('Read this. Be as brief as possible.\nAnswer:');
  });

  it('never repeats an edit that is in place, nor exceeds the longest length', () => {
    expect(edited('Answer. Be as brief as possible.')['brief']).toBeUndefined();
    const short = edited('Answer now.', [], 40);
    for (const text of Object.values(short)) expect(text.length).toBeLessThanOrEqual(40);
    expect(short['brief']).toBe('Answer now. Be as brief as possible.');
  });

  it('drops politeness only where there is some, and cleanly', () => {
    expect(edited('Use units, e.g. metres.')['drop politeness']).toBeUndefined();
    expect(edited('Answer, please. Thank you!')['drop politeness']).toBe('Answer.');
    expect(edited('Could you kindly list, e.g. names? Thanks in advance.')['drop politeness']).toContain(
      'Could you list',
    );
  });

  it('has an order and a number that the stream and the caller decide', () => {
    const incumbent: Incumbent = {
      variables: { prompt: prompt('Answer.') },
      settings: { prompt: { instructions: 'Answer.', demonstrations: [] } },
    };
    const context = { description: '', inputFields: [], outputFields: [] };
    const notes = (seed: number) =>
      instructionEdits({ incumbent, variable: 'prompt', context, count: 5, stream: randomStream(seed) }).map(
        (item) => item.note,
      );
    expect(notes(1)).toHaveLength(5);
    expect(notes(1)).toEqual(notes(1));
    expect(notes(1)).not.toEqual(notes(2));
  });
});
