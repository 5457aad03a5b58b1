import { z } from 'zod';
import { defaultPlan } from '../core/run/plan';
import { component } from '../core/system/component';
import { system } from '../core/system/system';
import { integer, model, oneOf, range } from '../core/system/variable';
import type { CandidateStore, Ledger } from '../storage';
import { TemporaryFolder } from '../storage/testing/temporary-folder';
import { attempt } from '../test/support/activity-attempt';
import { begunRun } from '../test/support/begun-run';
import { chooseComponent } from './choose-component';
import type { DecideInput, FinishRunInput, FitRewardInput, PreparedRun, PrepareRunInput } from './contracts';
import { decide } from './decide';
import { resolveSystem } from './definition/resolve-system';
import type { ActivityDependencies } from './dependencies';
import { finishRun } from './finish-run';
import { fitReward } from './fit-reward';
import { prepareRun } from './prepare-run';

const text = z.object({ text: z.string() });
const rows = (id: string) => ['1', '2'].map((number) => ({ id: id + number, text: 'x' }));
const answer = z.object({ answer: z.string() });
const configuration = { tone: oneOf(['calm', 'loud']) };
const pair = system({
  name: 'pair',
  input: text,
  output: answer,
  components: [
    component({
      name: 'first',
      description: 'Drafts',
      input: text,
      output: z.object({ draft: z.string() }),
      configuration,
      run: (inputs) => ({ draft: inputs.text }),
    }),
    component({
      name: 'second',
      description: 'Answers',
      input: z.object({ draft: z.string() }),
      output: answer,
      configuration,
      run: (inputs) => ({ answer: inputs.draft }),
    }),
  ],
  metric: () => 1,
  dataset: { train: rows('t'), validation: rows('v'), test: rows('u') },
});

let folder: TemporaryFolder;
let dependencies: ActivityDependencies;
let begun: PrepareRunInput;
let prepared: PreparedRun;
beforeEach(async () => {
  folder = await TemporaryFolder.create();
  ({ dependencies, input: begun, prepared } = await begunRun(folder, pair));
});
afterEach(() => folder.remove());

it('decide answers on its second attempt what the first one recorded', async () => {
  const input: DecideInput = {
    runId: 'run',
    iteration: 0,
    component: 'first',
    incumbent: prepared.baseline,
    entered: 0,
    count: 2,
    look: null,
    skipped: 'recorded first',
  };
  const first = await attempt(() => decide(dependencies, input));
  expect(first).toMatchObject({ accepted: false, reason: 'recorded first' });
  expect(await attempt(() => decide(dependencies, { ...input, skipped: 'seen later' }))).toEqual(first);
});

it('chooseComponent answers on its second attempt what the first one recorded', async () => {
  const choose = (components: PreparedRun['components']) =>
    attempt(() => chooseComponent(dependencies, { runId: 'run', iteration: 0, components }));
  const first = await choose(prepared.components);
  const others = prepared.components.filter(({ name }) => name !== first.component);
  expect(others).toHaveLength(1);
  expect(await choose(others)).toEqual(first);
});

/** A worker that is killed when it is about to write to the ledger. */
const killedBeforeAppending = (): ActivityDependencies => {
  const ledger = Object.create(dependencies.stores.ledger) as Ledger;
  ledger.append = () => Promise.reject(new Error('killed'));
  return { ...dependencies, stores: { ...dependencies.stores, ledger } };
};
const entries = async (kind: string) =>
  (await dependencies.stores.ledger.list('run', { kind })).map(({ body }) => body);

it('fitReward records on its second attempt the version that the first one stored, once', async () => {
  const input: FitRewardInput = {
    runId: 'run',
    component: 'first',
    iteration: -1,
    configurationHash: prepared.baseline,
    limits: {},
  };
  await expect(attempt(() => fitReward(killedBeforeAppending(), input))).rejects.toThrow('killed');
  expect(await dependencies.stores.rewardVersions.list('run')).toHaveLength(1);
  expect(await entries('reward')).toEqual([]);
  const fit = await attempt(() => fitReward(dependencies, input));
  expect(await attempt(() => fitReward(dependencies, input))).toEqual(fit);
  expect(await entries('reward')).toEqual([{ component: 'first', ...fit, artefact: null }]);
});

it('fitReward answers in an attempt that was overtaken what the other one stored', async () => {
  const { candidates, rewardVersions } = dependencies.stores;
  const input: FitRewardInput = {
    runId: 'run',
    component: 'first',
    iteration: -1,
    configurationHash: prepared.baseline,
    limits: {},
  };
  let overtake = () => {};
  const overtaken = new Promise<void>((resolve) => (overtake = resolve));
  let reach = () => {};
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const late = Object.create(candidates) as CandidateStore;
  late.listRecent = async (...asked) => {
    const found = await candidates.listRecent(...asked);
    reach();
    await overtaken;
    return found;
  };
  const stores = { ...dependencies.stores, candidates: late };
  const slow = attempt(() => fitReward({ ...dependencies, stores }, input));
  await reached;
  // By now the slow attempt has read that there are no pairs.
  const candidate = {
    iteration: -1,
    component: 'first',
    exampleId: 't1',
    inputs: { text: 'x' },
    origin: 'sampled' as const,
  };
  await candidates.putMany(
    'run',
    [0, 1].map((index) => ({
      ...{ ...candidate, candidateIndex: index, outputs: { draft: `${index}` } },
      ...{ configurationHash: prepared.baseline, scores: [index] },
    })),
  );
  const quick = await attempt(() => fitReward(dependencies, input));
  expect(quick.pairs).toBe(1);
  overtake();
  expect(await slow).toEqual(quick);
  expect(await entries('reward')).toEqual([{ component: 'first', ...quick, artefact: null }]);
  expect(await rewardVersions.list('run')).toHaveLength(1);
});

it('fitReward is not judged by what was scored before an accepted update downstream', async () => {
  const { candidates, ledger } = dependencies.stores;
  const step = { runId: 'run', component: 'first', configurationHash: prepared.baseline, limits: {} };
  const collect = (iteration: number, exampleId: string) =>
    candidates.putMany(
      'run',
      [0, 1].map((index) => ({
        ...{ component: 'first', exampleId, inputs: { text: exampleId }, origin: 'sampled' as const, iteration },
        ...{
          candidateIndex: index,
          outputs: { draft: `${index}` },
          configurationHash: prepared.baseline,
          scores: [index],
        },
      })),
    );
  const decided = (iteration: number, component: string, accepted: boolean) =>
    ledger.append('run', [
      {
        ...{ key: `iteration/${iteration}/decision`, iteration, kind: 'decision' },
        body: { component, accepted, changed: [{ component, variable: 'tone', kind: 'hyperparameter' }] },
      },
    ]);
  await collect(-1, 't1');
  await decided(0, 'second', true);
  await collect(1, 't2');
  await collect(1, 't3');
  // A rejected update, and one of the component itself, leave what was scored before as good as it was.
  await decided(1, 'second', false);
  await decided(2, 'first', true);
  // One that is still to come does not count.
  await decided(3, 'second', true);
  expect(await attempt(() => fitReward(dependencies, { ...step, iteration: 3 }))).toMatchObject({ pairs: 2 });
  expect(await attempt(() => fitReward(dependencies, { ...step, iteration: 4 }))).toMatchObject({
    pairs: 0,
    trusted: false,
    reason: expect.stringContaining('stale'),
  });
  // Two fits, beside other test files on the same cores.
}, 60_000);

it('finishRun records on its second attempt what a killed worker held back, and lets it go', async () => {
  const { reservations, runs, spend } = dependencies.stores;
  await reservations.tryReserve('run', { calls: 1, tokens: 10, usd: 0 }, {});
  const usage = { promptTokens: 5, completionTokens: 2, usd: 0.5, latencyMs: 1 };
  for (const kind of ['chat', 'embedding']) await spend.add({ runId: 'run', kind, role: 'first', calls: 1, usage });
  const { baseline } = prepared;
  const input: FinishRunInput = {
    ...{ runId: 'run', status: 'completed', reason: 'done', baseline, incumbent: baseline },
    ...{ validationCount: 0, testCount: 0, wallClockMs: 1 },
  };
  await expect(attempt(() => finishRun(killedBeforeAppending(), input))).rejects.toThrow('killed');
  await attempt(() => finishRun(dependencies, input));
  await attempt(() => finishRun(dependencies, input));
  expect(await entries('reservations')).toEqual([{ released: 1 }]);
  expect(await entries('finished')).toHaveLength(1);
  // Embeddings count, as they do for the limits.
  const cost = { llmCalls: 2, promptTokens: 10, completionTokens: 4, usd: 1 };
  expect((await runs.get('run'))?.result).toMatchObject({ cost });
  expect(await reservations.reserved('run')).toEqual({ calls: 0, tokens: 0, usd: 0 });
});

describe('prepareRun', () => {
  it('answers on its second attempt what the first one did', async () => {
    expect(await attempt(() => prepareRun(dependencies, begun))).toEqual(prepared);
    expect(await entries('prepared')).toHaveLength(1);
  });

  it.each<[string, Partial<PrepareRunInput>]>([
    ['seed 0 instead of 1', { seed: 1 }],
    ['alpha 0.05 instead of 0.1, proposals 16 instead of 3', { plan: { ...defaultPlan, proposals: 3, alpha: 0.1 } }],
    ['fresh false instead of true', { fresh: true }],
  ])('refuses the id of another run, with %s', async (difference, changes) => {
    await expect(attempt(() => prepareRun(dependencies, { ...begun, ...changes }))).rejects.toMatchObject({
      type: 'RunIdTaken',
      nonRetryable: true,
      message: expect.stringContaining(`another run 'run' already, with ${difference}: cancel`),
    });
  });

  it('leaves out components whose variables have one value, and refuses a system of nothing else', async () => {
    const fixed = { tone: oneOf(['calm']), size: range(2, 2), count: integer(3, 3), voice: model(['small']) };
    const components = pair.components.map((item) =>
      item.name === 'first' ? { ...item, configuration: fixed } : item,
    );
    const half = await resolveSystem({ ...pair, components });
    const run = { ...begun, runId: 'half' };
    expect((await attempt(() => prepareRun({ ...dependencies, resolve: async () => half }, run))).components).toEqual([
      { name: 'second', variables: ['tone'], traced: false },
    ]);
    const none = await resolveSystem({
      ...pair,
      components: components.map((item) => ({ ...item, configuration: fixed })),
    });
    await expect(
      attempt(() => prepareRun({ ...dependencies, resolve: async () => none }, { ...begun, runId: 'none' })),
    ).rejects.toThrow(
      "system 'pair' has nothing to tune: give a component a configuration with a variable that has a choice",
    );
  });

  it('leaves out components where no optimizer of the plan has a choice, and refuses a system of nothing else', async () => {
    const mine = { name: 'mine', kinds: ['integer'] as const, propose: () => [] };
    const partly = { tone: oneOf(['calm', 'loud']), count: integer(3, 3), voice: model(['small']) };
    const components = pair.components.map((item) => ({ ...item, configuration: partly }));
    const resolved = await resolveSystem({ ...pair, components }, { optimizers: [mine], definedIn: undefined });
    const run = { ...begun, runId: 'partly', plan: { ...defaultPlan, optimizers: ['models', 'mine'] } };
    await expect(attempt(() => prepareRun({ ...dependencies, resolve: async () => resolved }, run))).rejects.toThrow(
      'none of models, mine',
    );
  });

  it('declines to go on with a run that began with another definition', async () => {
    const other = { ...dependencies, resolve: () => resolveSystem({ ...pair, metricFloor: 0.5 }) };
    await expect(attempt(() => prepareRun(other, begun))).rejects.toMatchObject({
      type: 'Declined',
      message: expect.stringContaining("worker test defines system 'pair' differently"),
    });
  });
});
