import { z } from 'zod';
import { component } from '../core/system/component';
import type { Example } from '../core/system/run-context';
import { system } from '../core/system/system';
import { groundTruth } from './ground-truth';

const text = z.object({ text: z.string() });
const writer = component({ name: 'writer', description: '', input: text, output: text, run: (inputs) => inputs });

function withTruth(truth: (example: Example & { answers: string[] }) => Record<string, Record<string, unknown>>) {
  return system({
    name: 'test',
    input: text,
    output: text,
    from: { text: 'writer.text' },
    components: [writer],
    metric: () => 1,
    groundTruth: truth,
    dataset: { train: [], validation: [], test: [] },
  });
}

describe('groundTruth', () => {
  const example = { id: 'e', answers: ['right', 'also right'] };

  it('is what the data says, where it fits the output of the component', () => {
    const found = (truth: Record<string, Record<string, unknown>>) =>
      groundTruth(
        withTruth(() => truth),
        example,
        writer,
      );
    expect(found({ writer: { text: 'right' } })).toEqual({ text: 'right' });
    expect(found({ writer: { text: 1 } })).toBeUndefined();
    expect(found({ other: { text: 'right' } })).toBeUndefined();
  });

  it('is asked with a copy: a function that changes the example changes no data', () => {
    const greedy = withTruth(({ answers }) => ({ writer: { text: answers.shift() } }));
    expect([groundTruth(greedy, example, writer), groundTruth(greedy, example, writer)]).toEqual([
      { text: 'right' },
      { text: 'right' },
    ]);
    expect(example.answers).toEqual(['right', 'also right']);
  });
});
