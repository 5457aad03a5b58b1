import { z } from 'zod';
import { component } from '../core/system/component';
import { system } from '../core/system/system';
import { oneOf } from '../core/system/variable';
import { TemporaryFolder } from '../storage/testing/temporary-folder';
import { attempt } from '../test/support/activity-attempt';
import { begunRun } from '../test/support/begun-run';
import { collectCandidates } from './collect-candidates';
import { evaluate } from './evaluate';

const text = z.object({ text: z.string() });
const rows = (split: string) => ['1', '2', '3', '4'].map((id) => ({ id: split + id, question: split + id }));
const calls = { writer: 0 };

/** What it writes depends on the draw alone, `words` many outputs, or with `words: 1` on nothing: no setting matters. */
const talker = (words: number, deterministic = false) =>
  system({
    name: `talker-${words}-${deterministic}`,
    input: z.object({ question: z.string() }),
    output: text,
    components: [
      component({
        ...{
          name: 'writer',
          description: 'Writes',
          input: z.object({ question: z.string() }),
          output: text,
          deterministic,
        },
        configuration: { style: oneOf(Array.from({ length: 30 }, (_, index) => `style ${index}`)) },
        captures: { words },
        run: (_, { sample }) => {
          calls.writer += 1;
          return { text: `word ${sample.seed % words}` };
        },
      }),
    ],
    metric: () => 1,
    dataset: { train: rows('t'), validation: rows('v'), test: rows('u') },
  });

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await TemporaryFolder.create();
});
afterEach(() => folder.remove());

/** Candidates of two inputs, four wanted of each, and the calls that they took. */
async function collected(words: number, deterministic = false) {
  const { dependencies, prepared } = await begunRun(folder, talker(words, deterministic), {
    plan: { candidatesPerInput: 4, proposals: 40 },
  });
  const common = { runId: 'run', limits: {}, configurationHash: prepared.baseline };
  const range = { split: 'train', purpose: 'preference', iteration: -1, count: 2, from: 0, to: 2 } as const;
  await attempt(() => evaluate(dependencies, { ...common, range }));
  calls.writer = 0;
  const input = { ...common, component: 'writer', iteration: -1, count: 2, from: 0, to: 2 };
  const { candidates } = await attempt(() => collectCandidates(dependencies, input));
  return { candidates, calls: calls.writer, stored: await dependencies.stores.candidates.list('run') };
}

it('gives every alternative a draw of its own, so that outputs differ and few calls are wasted', async () => {
  const found = await collected(1_000_000);
  // The base output is traced already: one sample and two alternatives for each input.
  expect(found).toMatchObject({ candidates: 8, calls: 6 });
  expect(new Set(found.stored.map(({ outputs }) => outputs['text'])).size).toBe(8);
});

it('stops looking for other outputs where settings keep saying the same', async () => {
  // One sample and twice as many alternatives as candidates are wanted, for each input.
  expect(await collected(1)).toMatchObject({ candidates: 2, calls: 2 * (1 + 2 * 4) });
});

it('tries all alternatives of a deterministic component, whose calls are free', async () => {
  const { candidates, calls: made } = await collected(1, true);
  expect(candidates).toBe(2);
  expect(made).toBe(2 * 29);
});
