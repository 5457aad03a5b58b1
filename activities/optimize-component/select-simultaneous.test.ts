import type { Proposal } from '../../core/search/proposal';
import { configurationHash, initialConfiguration } from '../../core/system/configuration';
import type { JsonObject } from '../../core/system/json';
import { TemporaryFolder } from '../../storage/testing/temporary-folder';
import { attempt } from '../../test/support/activity-attempt';
import { begunRun } from '../../test/support/begun-run';
import { stylesDuet } from '../../test/support/duet-system';
import type { Finalists, Judge, RankedProposals } from '../contracts';
import type { ActivityDependencies } from '../dependencies';
import { decisionsBefore } from '../decisions-before';
import { decide } from '../decide';
import { recordJudgedGains } from './judged-gains';
import { pastProposals } from './past-proposals';
import type { ProposalsRecord } from './proposals-record';
import { selectSimultaneous } from './select-simultaneous';
import { slotOutcomes } from './slot-outcomes';
import { storeProposals } from './stored-proposals';

const configured = (planner: string, writer: string) => ({
  ...initialConfiguration(stylesDuet()),
  planner: { style: planner },
  writer: { style: writer },
});
const proposal = (style: string): Proposal => ({
  ...{
    settings: { style },
    origin: 'grid',
    optimizers: ['grid'],
    changed: [{ variable: 'style', kind: 'hyperparameter' }],
  },
});

let folder: TemporaryFolder;
let dependencies: ActivityDependencies;
let baseline: string;
beforeEach(async () => {
  folder = await TemporaryFolder.create();
  const begun = await begunRun(folder, stylesDuet());
  ({ dependencies } = begun);
  ({ baseline } = begun.prepared);
});
afterEach(() => folder.remove());

async function part(name: 'planner' | 'writer', gains: Record<string, number>, judge: Judge = 'metric') {
  const place = { incumbent: configured('plain', 'plain'), component: name };
  const reference = await storeProposals(dependencies.stores, place, Object.keys(gains).map(proposal));
  const scores = Object.values(gains).map((meanGain, at) => ({
    ...{ configurationHash: reference.hashes[at]!, meanGain, standardError: 0.01, inputs: 6, outputsHash: String(at) },
    ...{ changes: 1, judge },
  }));
  const rounds: RankedProposals[] = [{ reference, scores }];
  return { component: name, rounds };
}
async function selected(planner: Record<string, number>, writer: Record<string, number>): Promise<Finalists> {
  return selectedOf([await part('planner', planner), await part('writer', writer)]);
}
function selectedOf(parts: Awaited<ReturnType<typeof part>>[]): Promise<Finalists> {
  const step = { runId: 'run', iteration: 0, configurationHash: baseline, parts };
  return attempt(() => selectSimultaneous(dependencies, step));
}
const records = async () =>
  (await dependencies.stores.ledger.list('run', { kind: 'proposals' })).map(({ key, body }) => ({
    key,
    ...(body as JsonObject),
  }));

it('validates the best of both together, and records what was proposed for each', async () => {
  const finalists = await selected({ brief: 0.1, formal: 0.3 }, { brief: 0.2, ornate: -0.1 });
  const hash = configurationHash(configured('formal', 'brief'));
  expect(finalists.hashes).toEqual([hash]);
  expect(await dependencies.stores.configurations.get(hash)).toEqual(configured('formal', 'brief'));
  expect(await records()).toMatchObject([
    {
      ...{ key: 'iteration/0/proposals/planner', component: 'planner' },
      proposals: [
        { expectedGain: 0.1, finalist: false },
        { expectedGain: 0.3, finalist: false },
      ],
    },
    {
      key: 'iteration/0/proposals/writer',
      component: 'writer',
      proposals: [{ expectedGain: 0.2 }, { expectedGain: -0.1 }],
    },
    {
      ...{ key: 'iteration/0/proposals', component: 'planner', others: ['writer'] },
      proposals: [{ configurationHash: hash, origin: 'simultaneous', expectedGain: 0.5, finalist: true }],
    },
  ]);
});

it.each<[planner: Judge, writer: Judge, whole: Judge]>([
  ['reward', 'reward', 'reward'],
  ['reward', 'metric', 'metric'],
  ['metric', 'reward', 'metric'],
])('was judged by the %s and the %s, so the whole step by the %s', async (planner, writer, whole) => {
  await selectedOf([await part('planner', { formal: 0.3 }, planner), await part('writer', { brief: 0.2 }, writer)]);
  expect((await records()).map((record) => (record as unknown as ProposalsRecord).proposals[0]?.judge)).toEqual([
    ...[planner, writer, whole],
  ]);
});

it('has no finalist where nothing is expected to gain, and says so', async () => {
  expect(await selected({ brief: 0 }, { brief: -0.2 })).toEqual({
    hashes: [],
    reason: 'no component has a proposal that is expected to gain',
  });
  expect(await records()).toHaveLength(3);
});

async function acceptedStep(finalist: string, changed: string[]): Promise<void> {
  const body = {
    ...{ component: 'planner', others: ['writer'], accepted: true, incumbent: finalist },
    changed: changed.map((name) => ({ component: name, variable: 'style', kind: 'hyperparameter' })),
    validated: [{ configurationHash: finalist, realised: 0.4 }],
  };
  await dependencies.stores.ledger.append('run', [
    { key: 'iteration/0/decision', iteration: 0, kind: 'decision', body },
  ]);
}
const remembered = async (name: string) => {
  const past = await pastProposals(dependencies.stores, { runId: 'run', component: name, iteration: 1 });
  return past.map(({ proposal: { settings, origin, elsewhere }, accepted, expectedGain }) => ({
    ...{ style: settings['style'], origin, accepted, expectedGain, alone: elsewhere === undefined },
  }));
};

it('is remembered by each component: what was rejected, and once what was accepted together with others', async () => {
  const { hashes } = await selected({ formal: 0.3 }, { brief: 0.2, ornate: -0.1 });
  await acceptedStep(hashes[0]!, ['planner', 'writer']);
  expect(await remembered('writer')).toEqual([
    { style: 'ornate', origin: 'grid', accepted: false, expectedGain: -0.1, alone: true },
    { style: 'brief', origin: 'simultaneous', accepted: true, expectedGain: null, alone: false },
  ]);
});

it("is the component's own where it changes only one", async () => {
  const { hashes, reason } = await selected({ formal: -0.3 }, { brief: 0.2, ornate: -0.1 });
  expect(reason).toBe('the best proposal for writer goes to validation: no other component has one');
  expect((await records()).map((record) => (record as unknown as ProposalsRecord).proposals.length)).toEqual([1, 2, 0]);
  await acceptedStep(hashes[0]!, ['writer']);
  expect(await remembered('writer')).toEqual([
    { style: 'brief', origin: 'grid', accepted: true, expectedGain: 0.2, alone: true },
    { style: 'ornate', origin: 'grid', accepted: false, expectedGain: -0.1, alone: true },
  ]);
  expect(await remembered('planner')).toEqual([
    { style: 'formal', origin: 'grid', accepted: false, expectedGain: -0.3, alone: true },
  ]);
});

it('pays each slot what the metric measured, and those of an accepted step together what it gained', async () => {
  const { stores } = dependencies;
  const writer = await part('writer', { brief: 0.2, ornate: 0.1 });
  const [round] = writer.rounds as [RankedProposals];
  const judged = { ...{ runId: 'run', iteration: 0, component: 'writer', configurationHash: baseline, inputs: 6 } };
  const hashes = round.scores.map((score) => score.configurationHash);
  await recordJudgedGains(
    stores,
    { ...judged, hashes, blobs: [], limits: {}, count: 6, judge: 'metric' },
    { judge: 'metric', examples: ['t'], gains: Object.fromEntries(hashes.map((hash) => [hash, { t: 0.2 }])) },
  );
  const finalists = await selectedOf([await part('planner', { formal: 0.3 }, 'reward'), writer]);
  await acceptedStep(finalists.hashes[0]!, ['planner', 'writer']);
  // The planner's was judged by a reward: only what it gained with the other is measured.
  expect((await slotOutcomes(stores, 'run', 1)).map(({ optimizer, gain }) => [optimizer, gain])).toEqual([
    ['grid', 0],
    ['grid', 0.2],
    ['grid', 0.1],
    ['grid', 0.4],
  ]);
});

it('answers a second attempt alike, and records once', async () => {
  const first = await selected({ formal: 0.3 }, { brief: 0.2 });
  expect(await selected({ formal: 0.3 }, { brief: 0.2 })).toEqual(first);
  expect(await records()).toHaveLength(3);
});

it('is decided as one move of all components', async () => {
  await selected({ brief: 0 }, { brief: 0 });
  const step = { runId: 'run', iteration: 0, incumbent: baseline, component: 'planner', others: ['writer'] };
  await attempt(() =>
    decide(dependencies, { ...step, entered: 0, count: 1, look: null, skipped: 'nothing is expected to gain' }),
  );
  expect(await decisionsBefore(dependencies.stores, 'run', 1)).toMatchObject([
    { component: 'planner', others: ['writer'], accepted: false, reason: 'nothing is expected to gain' },
  ]);
});
