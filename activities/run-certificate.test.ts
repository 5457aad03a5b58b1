import { z } from 'zod';
import { defaultPlan } from '../core/run/plan';
import { resultDocumentSchema } from '../core/run/result-document';
import type { Proposal } from '../core/search/proposal';
import { component } from '../core/system/component';
import { configurationHash } from '../core/system/configuration';
import { system } from '../core/system/system';
import { oneOf, prompt } from '../core/system/variable';
import { certificateDelta } from '../core/validation/certificate';
import { meanUpperBound } from '../core/validation/mean-upper-bound';
import { TemporaryFolder } from '../storage/testing/temporary-folder';
import { activityDependencies, attempt } from '../test/support/activity-attempt';
import type { LocalStep, ProposalScore, ScoreProposalsInput } from './contracts';
import { decide } from './decide';
import { resolveSystem } from './definition/resolve-system';
import type { ActivityDependencies } from './dependencies';
import { evaluate } from './evaluate';
import { finishRun } from './finish-run';
import { scoreProposals } from './optimize-component/score-proposals';
import { selectFinalists } from './optimize-component/select-finalists';
import { storeProposals } from './optimize-component/stored-proposals';
import { prepareRun } from './prepare-run';

/** The drafter is skipped for every second example: no draft can gain there. */
const rows = (id: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `${id}${index}`, hard: index % 2 === 0 }));
const worth: Record<string, number> = { calm: 0.5, even: 0.5, same: 0.5, flat: 0.25, warm: 0.75 };
const input = z.object({ hard: z.boolean() });
const drafting = system({
  name: 'drafting',
  input,
  output: z.object({ answer: z.string() }),
  components: [
    component({
      name: 'drafter',
      description: 'Drafts',
      input,
      output: z.object({ draft: z.string() }),
      configuration: { tone: oneOf(['calm', 'even', 'same', 'flat', 'warm']) },
      deterministic: true,
      when: ({ hard }) => hard,
      run: (_, { configuration }) => ({ draft: configuration.tone }),
    }),
    component({
      name: 'editor',
      description: 'Edits',
      input: z.object({ draft: z.string().optional() }),
      output: z.object({ answer: z.string() }),
      configuration: { style: oneOf(['plain', 'ornate']) },
      deterministic: true,
      run: ({ draft }) => ({ answer: draft ?? 'calm' }),
    }),
  ],
  metric: (_, { answer }) => worth[answer] as number,
  dataset: { train: rows('t', 32), validation: rows('v', 8), test: rows('u', 6) },
});
const settings = (tone: string) => ({ drafter: { tone }, editor: { style: 'plain' } });
const hashOf = (tone: string): string => configurationHash(settings(tone));
const toned = (tone: string): Proposal => ({
  settings: { tone },
  origin: 'grid',
  changed: [{ variable: 'tone', kind: 'hyperparameter' }],
  note: `make it ${tone}`,
});

let folder: TemporaryFolder;
let dependencies: ActivityDependencies;
beforeEach(async () => {
  folder = await TemporaryFolder.create();
  dependencies = await activityDependencies(folder, await resolveSystem(drafting));
  const plan = { ...defaultPlan, finalists: 1 };
  await attempt(() => prepareRun(dependencies, { runId: 'run', system: 'drafting', seed: 0, plan, fresh: false }));
});
afterEach(() => folder.remove());

const measure = (tone: string, split: 'train' | 'validation' | 'test', iteration: number, to: number, count = to) => {
  const purpose = split === 'train' ? ('optimization' as const) : split;
  const range = { split, purpose, iteration, count, from: 0, to };
  return attempt(() => evaluate(dependencies, { runId: 'run', limits: {}, configurationHash: hashOf(tone), range }));
};

/** Ranks all tones on some inputs and judges some of them on more, as an iteration does. */
async function proposed(options: {
  iteration: number;
  incumbent: string;
  tones: string[];
  shortlisted: string[];
  judge?: 'reward' | 'metric';
}): Promise<LocalStep> {
  const { iteration, incumbent, tones, shortlisted } = options;
  await dependencies.stores.configurations.put(settings(incumbent));
  const step = { runId: 'run', component: 'drafter', iteration, configurationHash: hashOf(incumbent) };
  await measure(incumbent, 'train', iteration, 6);
  const place = { incumbent: settings(incumbent), component: 'drafter' };
  const reference = await storeProposals(dependencies.stores, place, tones.map(toned));
  const score = (part: Pick<ScoreProposalsInput, 'hashes' | 'inputs'>): Promise<ProposalScore[]> =>
    attempt(() =>
      scoreProposals(dependencies, {
        ...{ ...step, limits: {}, blobs: [reference.sha256], count: 6, judge: options.judge ?? 'metric' },
        ...part,
      }),
    );
  const scores = await score({ hashes: reference.hashes, inputs: 4 });
  await score({ hashes: reference.hashes, inputs: 4 });
  const shortlist = await score({ hashes: shortlisted.map(hashOf), inputs: 6 });
  await attempt(() => selectFinalists(dependencies, { ...step, rounds: [{ reference, scores }], shortlist }));
  return step;
}

async function certificate(final: string, testCount = 6) {
  if (testCount > 0) await measure(final, 'test', -1, testCount);
  await dependencies.stores.configurations.put(settings(final));
  const hash = hashOf(final);
  const ended = { runId: 'run', status: 'completed', reason: 'done', baseline: hash, incumbent: hash } as const;
  await attempt(() => finishRun(dependencies, { ...ended, validationCount: 0, testCount, wallClockMs: 1 }));
  const document = resultDocumentSchema.parse((await dependencies.stores.runs.get('run'))?.result);
  return document.certificate as NonNullable<typeof document.certificate>;
}

const bound = (gains: readonly number[], bounds: number): number =>
  meanUpperBound(gains, { delta: certificateDelta / bounds });

/** Gains on the first examples of an iteration's ranking sample: the drafter runs on the hard ones only. */
async function gainsOn(iteration: number, count: number, gain: number): Promise<number[]> {
  const samples = (await dependencies.stores.ledger.list('run', { kind: 'judged', iteration })).map(
    ({ body }) => (body as { examples: string[] }).examples,
  );
  const examples = samples.find(({ length }) => length === count) ?? [];
  return examples.map((id) => (Number(id.slice(1)) % 2 === 0 ? gain : 0));
}

it('certifies what the metric measured against the final configuration, each example once', async () => {
  // Tried before the final configuration was: not even its gains over `flat` are evidence.
  await proposed({ iteration: 0, incumbent: 'flat', tones: ['warm', 'calm', 'even'], shortlisted: ['warm'] });
  const step = await proposed({
    ...{ iteration: 1, incumbent: 'calm', tones: ['warm', 'even', 'flat'], shortlisted: ['warm', 'flat'] },
  });
  // Halved: the finalist was measured on the first half of the sample.
  await measure('calm', 'validation', 1, 4, 8);
  await measure('warm', 'validation', 1, 4, 8);
  const incumbent = hashOf('calm');
  await attempt(() =>
    decide(dependencies, {
      ...{ runId: 'run', iteration: 1, component: step.component, incumbent },
      ...{ entered: 1, look: null, count: 8, skipped: 'no finalist leads' },
    }),
  );
  // Measured again: an example counts once.
  await proposed({ iteration: 2, incumbent: 'calm', tones: ['flat'], shortlisted: [] });

  const result = await certificate('calm');
  const drafter = result.components['drafter'];
  expect(drafter).toMatchObject({ tried: 3, measured: 3, rankedByRewardOnly: 0, earlierOnly: 0 });
  const validation = (
    await dependencies.stores.evaluations.list({
      ...{ runId: 'run', purpose: 'validation', iteration: 1, configurationHash: hashOf('warm') },
    })
  ).map(({ score }) => score - 0.5);
  const warm = [...(await gainsOn(1, 6, 0.25)), ...validation];
  const even = await gainsOn(1, 4, 0);
  const judged = await dependencies.stores.ledger.list('run', { kind: 'judged' });
  const idsOf = (tone: string): Set<string> =>
    new Set(
      judged
        .filter(({ iteration }) => iteration > 0)
        .flatMap(({ body }) => Object.keys((body as { gains: Record<string, object> }).gains[hashOf(tone)] ?? {})),
    );
  const flat = [...idsOf('flat')].map((id) => (Number(id.slice(1)) % 2 === 0 ? -0.25 : 0));
  expect(flat.length).toBeLessThanOrEqual(8); // The part of the training split that proposals are ranked on.
  const expected = { warm, even, flat };
  expect(new Map(drafter?.candidates.map((item) => [item.configurationHash, item]))).toEqual(
    new Map(
      Object.entries(expected).map(([tone, gains]) => [
        hashOf(tone),
        {
          configurationHash: hashOf(tone),
          changed: [{ variable: 'tone', kind: 'hyperparameter' }],
          ...{ iteration: 1, origin: 'grid', note: `make it ${tone}` },
          examples: gains.length,
          meanGain: expect.closeTo(gains.reduce((sum, gain) => sum + gain, 0) / gains.length, 9),
          bound: expect.closeTo(Math.min(result.headroom, bound(gains, 4)), 9),
        },
      ]),
    ),
  );
  expect(drafter?.epsilon).toBe(drafter?.candidates[0]?.bound);
  expect(drafter?.epsilon).toBeLessThan(result.headroom);
  // Nothing was tried for the editor: only the test scores limit what could be gained there.
  expect(result).toMatchObject({ delta: 0.05, bounds: 4, epsilon: result.headroom });
  expect(result.components['editor']).toMatchObject({ epsilon: result.headroom, candidate: null, tried: 0 });
  // A second attempt of each activity left no second record: a ranking and a shortlist in each of three iterations.
  expect(judged).toHaveLength(6);
  // Three iterations, beside other test files on the same cores.
}, 60_000);

it('shares the gains of equal outputs where both ran, keeps the first of an example, and does not certify what only a reward ranked', async () => {
  await proposed({ iteration: 0, incumbent: 'calm', tones: ['warm', 'even', 'flat'], shortlisted: ['warm'] });
  // As if a trusted reward had ranked: it leaves no gains, but the inputs on which outputs were compared.
  const { ledger, evaluations } = dependencies.stores;
  const ranked = ['t0', 't2'];
  const step = { component: 'drafter', incumbent: hashOf('calm') };
  const gains = { [hashOf('even')]: { t0: 0.5, t2: 0.25, t4: 1 } };
  const later = { [hashOf('same')]: { t0: -1, t6: 0 }, [hashOf('late')]: { t6: 0.5 } };
  const proposal = (tone: string, sameOutputsAs: string | null, more = {}) => ({
    configurationHash: hashOf(tone),
    settings: configurationHash({ tone }),
    changed: [],
    finalist: false,
    sameOutputsAs: sameOutputsAs === null ? null : hashOf(sameOutputsAs),
    ...more,
  });
  const undecided = { accepted: false, changed: [], reason: '', before: null, after: null, p: null };
  const changed = [
    { component: 'drafter', variable: 'tone', kind: 'hyperparameter' },
    { component: 'editor', variable: 'style', kind: 'hyperparameter' },
  ];
  const proposals = [
    proposal('even', null),
    proposal('same', 'even'),
    proposal('joint', null, { finalist: true, changed }),
    proposal('late', null),
  ];
  await ledger.append('run', [
    { key: 'a', iteration: 1, kind: 'judged', body: { ...step, judge: 'reward', examples: ranked, gains: {} } },
    { key: 'b', iteration: 1, kind: 'judged', body: { ...step, judge: 'metric', examples: ['t0', 't2', 't4'], gains } },
    { key: 'c', iteration: 1, kind: 'proposals', body: { ...step, proposals: [...proposals, proposal('lone', null)] } },
    // Later, one of the same examples again, and another one.
    {
      key: 'e',
      iteration: 2,
      kind: 'judged',
      body: { ...step, judge: 'metric', examples: ['t0', 't6'], gains: later },
    },
    {
      key: 'f',
      iteration: 2,
      kind: 'proposals',
      body: { ...step, proposals: ['same', 'late'].map((tone) => proposal(tone, null)) },
    },
    { key: 'd', iteration: 1, kind: 'decision', body: { ...step, ...undecided } },
  ]);
  for (const tone of ['calm', 'joint']) {
    const key = { runId: 'run', purpose: 'validation', iteration: 1, configurationHash: hashOf(tone) } as const;
    await evaluations.putMany(key, [{ exampleId: 'v0', drawIndex: 0, score: 0.5 }]);
  }
  const { components, bounds, headroom } = await certificate('calm', 0);
  const { drafter } = components;
  expect(drafter).toMatchObject({ tried: 6, measured: 5, rankedByRewardOnly: 1, earlierOnly: 0 });
  expect(drafter).toMatchObject({ epsilonOfTried: headroom, unmeasured: [{ iteration: 1, why: 'ranked-by-reward' }] });
  expect({ bounds, headroom }).toEqual({ bounds: 5, headroom: 1 });
  const examplesOf = new Map(drafter?.candidates.map((item) => [item.configurationHash, item]));
  expect(examplesOf.get(hashOf('same'))).toMatchObject({ examples: 3, meanGain: 0.25 });
  // What measured it counts, not what proposed it first.
  expect(['same', 'late'].map((tone) => examplesOf.get(hashOf(tone))?.iteration)).toEqual([1, 2]);
  expect(examplesOf.has(hashOf('joint'))).toBe(false);
});

it('has the trivial epsilon for settings that were tried before the final ones were', async () => {
  await proposed({ iteration: 0, incumbent: 'flat', tones: ['warm', 'calm', 'even'], shortlisted: ['warm'] });
  const { components, headroom, epsilon } = await certificate('calm');
  expect(components['drafter']).toEqual({
    ...{
      epsilon: headroom,
      candidate: null,
      epsilonWithoutGains: null,
      epsilonOfTried: headroom,
      tried: 2,
      measured: 0,
      rankedByRewardOnly: 0,
      earlierOnly: 2,
    },
    candidates: [],
    unmeasured: ['warm', 'even'].map((tone) => ({
      ...{ iteration: 0, settings: configurationHash({ tone }), why: 'earlier-configuration' },
      changed: [{ variable: 'tone', kind: 'hyperparameter' }],
      ...{ origin: 'grid', note: `make it ${tone}` },
    })),
  });
  expect(epsilon).toBe(headroom);
});

it('knows what was measured under the final configuration, though another was the incumbent meanwhile', async () => {
  await proposed({ iteration: 0, incumbent: 'calm', tones: ['warm'], shortlisted: ['warm'] });
  await proposed({ iteration: 1, incumbent: 'flat', tones: ['warm', 'even'], shortlisted: [] });
  const { drafter } = (await certificate('calm')).components;
  expect(drafter).toMatchObject({ tried: 2, measured: 1, rankedByRewardOnly: 0, earlierOnly: 1 });
  expect(drafter?.candidates.map((item) => item.configurationHash)).toEqual([hashOf('warm')]);
  expect(drafter?.unmeasured?.map((item) => item.settings)).toEqual([configurationHash({ tone: 'even' })]);
});

describe('of a system of which not everything is tuned', () => {
  const text = z.object({ text: z.string() });
  const step = { description: '', input: text, output: text, run: (inputs: { text: string }) => inputs };
  const mixed = system({
    ...{ name: 'mixed', input: text, output: text },
    from: { text: 'closer.text' },
    components: [
      component({ ...step, name: 'opener', configuration: { k: oneOf(['a', 'b']) }, from: { text: 'input.text' } }),
      component({ ...step, name: 'middle', configuration: { k: oneOf(['a']) }, from: { text: 'opener.text' } }),
      component({ ...step, name: 'closer', configuration: { p: prompt('Close.') }, from: { text: 'middle.text' } }),
    ],
    metric: () => 1,
    dataset: {
      train: [{ id: 't', text: 't' }],
      validation: [{ id: 'v', text: 'v' }],
      test: [{ id: 'u', text: 'u' }],
    },
  });

  it.each([
    ['hyperparameters', ['opener'], ['closer']],
    ['edits', ['closer'], ['opener']],
    ['all', ['closer', 'opener'], []],
  ] as const)(
    'certifies what optimizers %s can tune, and names the rest that has a choice',
    async (named, tuned, rest) => {
      const own = { ...dependencies, resolve: async () => resolved };
      const resolved = await resolveSystem(mixed);
      const plan = { ...defaultPlan, optimizers: named === 'all' ? named : [named] };
      const begun = { runId: 'mixed', system: 'mixed', seed: 0, plan, fresh: false };
      const { baseline } = await attempt(() => prepareRun(own, begun));
      // A run can be ended where its system is not defined any more.
      const elsewhere = { ...dependencies, resolve: () => Promise.reject(new Error('no such system')) };
      const ended = { runId: 'mixed', status: 'completed', reason: 'done', baseline, incumbent: baseline } as const;
      await attempt(() => finishRun(elsewhere, { ...ended, validationCount: 0, testCount: 0, wallClockMs: 1 }));
      const { certificate: found } = resultDocumentSchema.parse((await own.stores.runs.get('mixed'))?.result);
      expect(Object.keys(found?.components ?? {}).toSorted()).toEqual(tuned);
      expect(found?.notTuned).toEqual(rest);
    },
  );
});

it('takes no part of a validation that was cut off', async () => {
  await proposed({ iteration: 0, incumbent: 'calm', tones: ['warm'], shortlisted: ['warm'] });
  await measure('calm', 'validation', 0, 4, 8);
  await measure('warm', 'validation', 0, 2, 8);
  const { components } = await certificate('calm');
  expect(components['drafter']?.candidates).toMatchObject([{ examples: 6 }]);
});
