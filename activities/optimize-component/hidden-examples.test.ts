import { z } from 'zod';
import { defaultPlan } from '../../core/run/plan';
import { contentHash } from '../../core/system/canonical-json';
import { component } from '../../core/system/component';
import { system } from '../../core/system/system';
import { resolveSystem } from '../definition/resolve-system';
import type { OpenRun } from '../open-run';
import { hiddenExamples } from './hidden-examples';

const row = (id: string, question: string) => ({ id, question, answer: `the answer to ${question}` });
const asking = system({
  name: 'asking',
  input: z.object({ question: z.string() }),
  output: z.object({ a: z.string() }),
  components: [
    component({
      ...{
        name: 'first',
        description: '',
        input: z.object({ q: z.string() }),
        output: z.object({ draft: z.string() }),
      },
      from: { q: 'input.question' },
      run: ({ q }) => ({ draft: q }),
    }),
    component({
      ...{ name: 'second', description: '', output: z.object({ a: z.string() }) },
      input: z.object({ question: z.string(), draft: z.string() }),
      run: ({ draft }) => ({ a: draft }),
    }),
  ],
  metric: () => 1,
  dataset: {
    train: [row('t1', 'one'), row('t2', 'two'), row('t3', 'three')],
    validation: [row('v', 'four')],
    test: [row('w', 'five')],
  },
});

describe('hiddenExamples', () => {
  const hidden = async () =>
    hiddenExamples({ resolved: await resolveSystem(asking), seed: 0, plan: defaultPlan } as OpenRun);

  it('knows what the examples that measure gains give to a component, and to the system', async () => {
    const { componentInputs, heldOut, ranking, inputsHash } = await hidden();
    const [first, second] = asking.components;
    const shown = componentInputs(first!);
    expect(shown.size).toBe(3); // Validation, test, and the one training example that proposals are ranked on.
    for (const q of ['four', 'five']) expect(shown.has(contentHash({ q }))).toBe(true);
    // Its other input depends on the run.
    expect(componentInputs(second!).size).toBe(0);
    expect([heldOut().size, ranking().size]).toEqual([2, 1]);
    expect(heldOut().has(inputsHash({ id: 'x', question: 'four' }))).toBe(true);
    expect(heldOut().has(inputsHash({ id: 'x', question: 'one' }))).toBe(false);
  });

  it('gives the texts of held-out examples, without their ids', async () => {
    const { heldOutTexts, trainingTexts } = await hidden();
    expect([...heldOutTexts()]).toEqual([
      { exampleId: 'v', texts: ['four', 'the answer to four'], inputs: ['four'] },
      { exampleId: 'w', texts: ['five', 'the answer to five'], inputs: ['five'] },
    ]);
    expect([...trainingTexts()]).toContain('the answer to two');
    expect([...trainingTexts()]).not.toContain('t1');
  });

  it('hashes the examples once for a definition and a seed, and none before they are asked for', async () => {
    const resolved = await resolveSystem(asking);
    let read = 0;
    const counted = (example: (typeof resolved.examples.test)[number]) =>
      Object.defineProperty({ ...example }, 'question', { get: () => (read++, 'six'), enumerable: true });
    const { train, validation, test } = resolved.examples;
    const counting = { ...resolved, examples: { train, validation: validation.map(counted), test: test.map(counted) } };
    const [first] = asking.components;
    const of = (seed: number) => hiddenExamples({ resolved: counting, seed });
    const readBy = (ask: () => unknown): number => {
      const before = read;
      ask();
      return read - before;
    };
    expect(readBy(() => of(0))).toBe(0);
    expect(readBy(() => of(0).ranking())).toBe(0);
    expect([1, 2, 3].map(() => readBy(() => of(0).heldOut()))).toEqual([2, 0, 0]);
    expect([1, 2, 3].map(() => readBy(() => of(0).componentInputs(first!)))).toEqual([2, 0, 0]);
  });

  it('keeps what belongs to a seed and a definition apart', async () => {
    const resolved = await resolveSystem(asking);
    const rankings = [0, 1, 2, 3, 4, 5, 6, 7].map((seed) => [...hiddenExamples({ resolved, seed }).ranking()]);
    expect(new Set(rankings.flat()).size).toBeGreaterThan(1);
    const other = { ...resolved, examples: { ...resolved.examples, test: resolved.examples.validation } };
    expect(hiddenExamples({ resolved, seed: 0 }).heldOut().size).toBe(2);
    expect(hiddenExamples({ resolved: other, seed: 0 }).heldOut().size).toBe(1);
  });
});
