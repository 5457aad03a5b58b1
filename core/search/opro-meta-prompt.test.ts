import { prompt } from '../system/variable';
import { oproMetaPrompt, type MetaPromptOptions } from './opro-meta-prompt';

const options: MetaPromptOptions = {
  component: { name: 'answerer', description: 'Answers from passages' },
  definition: prompt('Answer {q}', { placeholders: ['q'], maxCharacters: 500 }),
  incumbent: { instructions: 'Answer {q}', score: 0.5 },
  history: [
    { instructions: 'Best {q}', score: 0.9 },
    { instructions: 'Answer {q}', score: 0.1 },
    { instructions: 'Worst {q}', score: 0.2 },
  ],
  examples: [{ inputs: { q: 'Capital?' }, outputs: { answer: 'x'.repeat(5_000) }, score: 0.25, feedback: 'too long' }],
  count: 4,
};
const text = (rest: Partial<MetaPromptOptions> = {}): string =>
  oproMetaPrompt({ ...options, ...rest })
    .map((message) => message.content)
    .join('\n');

describe('oproMetaPrompt', () => {
  it('shows tried instructions by ascending score, with the incumbent once, at its own score', () => {
    const shown = [...text().matchAll(/Score ([\d.]+)( \(current\))?:\n<instructions>\n(.*)\n<\/instructions>/g)];
    expect(shown.map((match) => [match[1], match[2], match[3]])).toEqual([
      ['0.200', undefined, 'Worst {q}'],
      ['0.500', ' (current)', 'Answer {q}'],
      ['0.900', undefined, 'Best {q}'],
    ]);
  });

  it('tells task, calls, feedback, placeholders, limits and the reply format', () => {
    for (const part of [
      'Answers from passages',
      'input q: Capital?',
      'system score: 0.250',
      'feedback: too long',
      'must contain the placeholder {q}',
      'at most 500 characters',
      'Write 4 new',
      'between <instructions> and </instructions>',
    ]) {
      expect(text()).toContain(part);
    }
  });

  it('stays within bounds: long fields, many and long earlier instructions', () => {
    expect(text().length).toBeLessThan(3_000);
    const history = Array.from({ length: 200 }, (_, index) => ({
      instructions: `${index} ${'y'.repeat(3_000)}`,
      score: index / 200,
    }));
    const long = text({ history });
    expect(long.length).toBeLessThan(25_000);
    expect(long).toContain('Score 0.995');
    expect(long).toContain('(current)');
    expect(text({ history: options.history, shown: 1 })).not.toContain('Best {q}');
  });

  it('shows the worst and the best calls, each once, as many as fit', () => {
    const examples = Array.from({ length: 300 }, (_, index) => ({
      inputs: { q: `question ${index}` },
      outputs: { answer: 'z'.repeat(5_000) },
      score: index / 300,
    }));
    const shown = (rest: Partial<MetaPromptOptions>) =>
      [...text(rest).matchAll(/input q: question (\d+)/g)].map((match) => Number(match[1]));
    expect(shown({ examples })).toEqual([0, 299, 1, 298, 2, 297, 3, 296, 4, 295, 5, 294, 6, 293, 7, 292]);
    expect(shown({ examples: examples.slice(0, 3) })).toEqual([0, 2, 1]);
    expect(shown({ examples, callCharacters: 1_400 })).toEqual([0, 299]);
    expect(text({ examples }).length).toBeLessThan(15_000);
  });

  it('does without history, examples and description', () => {
    const bare = text({ history: [], examples: [], component: { name: 'a', description: '' } });
    expect(bare).toContain('Score 0.500 (current)');
    expect(bare).not.toContain('Calls of the step');
  });
});
