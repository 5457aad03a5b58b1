import { z } from 'zod';
import { gainsOfConfigurations } from '../core/preference/gains-of-configurations';
import { component } from '../core/system/component';
import { configurationHash } from '../core/system/configuration';
import { system, type System } from '../core/system/system';
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

/** What it writes is its draw's temperature and its style: all outputs of an input are known. */
const thermometer = (truth: Record<string, unknown>) =>
  system({
    name: 'thermometer',
    input: z.object({ question: z.string() }),
    output: text,
    components: [
      component({
        ...{ name: 'writer', description: 'Writes', input: z.object({ question: z.string() }), output: text },
        configuration: { style: oneOf(['a', 'b', 'c']) },
        run: (_, { sample, configuration }) => ({ text: `${sample.temperature ?? 'none'} ${configuration.style}` }),
      }),
    ],
    metric: () => 1,
    groundTruth: () => ({ writer: truth }),
    dataset: { train: rows('t'), validation: rows('v'), test: rows('u') },
  });

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await TemporaryFolder.create();
});
afterEach(() => folder.remove());

/** Candidates of two inputs, four wanted of each, and the calls that they took. */
async function collected(of: System) {
  const { dependencies, prepared } = await begunRun(folder, of, {
    plan: { candidatesPerInput: 4, proposals: 40, samplingTemperature: 0.7 },
  });
  const common = { runId: 'run', limits: {}, configurationHash: prepared.baseline };
  const range = { split: 'train', purpose: 'preference', iteration: -1, count: 2, from: 0, to: 2 } as const;
  await attempt(() => evaluate(dependencies, { ...common, range }));
  calls.writer = 0;
  const input = { ...common, component: 'writer', iteration: -1, count: 2, from: 0, to: 2 };
  const { candidates } = await attempt(() => collectCandidates(dependencies, input));
  const { stores } = dependencies;
  const stored = await stores.candidates.list('run');
  const { configurations } = stores;
  return { candidates, calls: calls.writer, stored, incumbent: prepared.baseline, configurations };
}

it('gives every alternative a draw of its own, so that outputs differ and few calls are wasted', async () => {
  const found = await collected(talker(1_000_000));
  // The base output is traced already: one sample and two alternatives for each input.
  expect(found).toMatchObject({ candidates: 8, calls: 6 });
  expect(new Set(found.stored.map(({ outputs }) => outputs['text'])).size).toBe(8);
});

it('stops looking for other outputs where settings keep saying the same', async () => {
  // One sample and twice as many alternatives as candidates are wanted, for each input.
  expect(await collected(talker(1))).toMatchObject({ candidates: 2, calls: 2 * (1 + 2 * 4) });
});

it('remembers what every alternative scored on every input, also one that repeats an output or fails', async () => {
  const graded = system({
    name: 'graded',
    input: z.object({ question: z.string() }),
    output: text,
    components: [
      component({
        ...{ name: 'writer', description: 'Writes', input: z.object({ question: z.string() }), output: text },
        ...{ configuration: { style: oneOf(['plain', 'same', 'better', 'broken']) }, deterministic: true },
        run: (_, { configuration: { style } }) => {
          if (style === 'broken') throw new Error('no such style');
          return { text: style === 'same' ? 'plain' : style };
        },
      }),
    ],
    metricFloor: 0.125,
    metric: (_, { text: said }) => (said === 'better' ? 1 : 0.5),
    dataset: { train: rows('t'), validation: rows('v'), test: rows('u') },
  });
  const { stored, incumbent, configurations } = await collected(graded);
  const hashOf = (style: string): string => configurationHash({ writer: { style } });
  const scores = { [hashOf('same')]: 0.5, [hashOf('better')]: 1, [hashOf('broken')]: 0.125 };
  expect(stored.filter(({ origin }) => origin === 'base').map(({ alternatives }) => alternatives)).toEqual([
    scores,
    scores,
  ]);
  expect(Object.fromEntries(gainsOfConfigurations(stored, incumbent))).toEqual({
    ...{ [hashOf('same')]: 0, [hashOf('better')]: 0.5, [hashOf('broken')]: -0.375 },
  });
  // Whoever reads the gains finds the settings.
  const found = await configurations.getMany(Object.keys(scores));
  expect([...found.values()].map(({ writer }) => writer?.['style']).toSorted()).toEqual(['better', 'broken', 'same']);
});

it('tries all alternatives of a deterministic component, whose calls are free', async () => {
  const { candidates, calls: made } = await collected(talker(1, true));
  expect(candidates).toBe(2);
  expect(made).toBe(2 * 29);
});

it.each([
  ['what no call gave', { text: 'truth' }, [['truth', 'ground-truth']]],
  ['what the incumbent gave', { text: 'none a' }, []],
  ['what a sampled call gave', { text: '0.7 a' }, []],
  ['what an alternative gave', { text: 'none c' }, []],
  ['nothing that fits', { text: 1 }, []],
])('samples one call at its temperature, and keeps each origin where the truth is %s', async (_, truth, more) => {
  const { stored, incumbent } = await collected(thermometer(truth));
  const hashOf = (style: string): string => configurationHash({ writer: { style } });
  expect(incumbent).toBe(hashOf('a'));
  const expected = [
    ['none a', 'base', incumbent],
    ['0.7 a', 'sampled', incumbent],
    ['none b', 'configuration', hashOf('b')],
    ['none c', 'configuration', hashOf('c')],
    ...more.map((own) => [...own, incumbent]),
  ];
  for (const exampleId of new Set(stored.map((candidate) => candidate.exampleId))) {
    const own = stored.filter((candidate) => candidate.exampleId === exampleId);
    const found = own.map(({ outputs, origin, configurationHash: hash }) => [outputs['text'], origin, hash]);
    expect(found.toSorted()).toEqual(expected.toSorted());
  }
  expect(stored).toHaveLength(2 * expected.length);
});
