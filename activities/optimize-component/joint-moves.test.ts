import { z } from 'zod';
import { defaultPlan } from '../../core/run/plan';
import type { Proposal } from '../../core/search/proposal';
import { component } from '../../core/system/component';
import { system } from '../../core/system/system';
import { oneOf } from '../../core/system/variable';
import { TemporaryFolder } from '../../storage/testing/temporary-folder';
import { activityDependencies, attempt } from '../../test/support/activity-attempt';
import type { LocalStep, PreparedRun, ProposalScore, ProposalsReference } from '../contracts';
import { resolveSystem } from '../definition/resolve-system';
import type { ActivityDependencies } from '../dependencies';
import { evaluate } from '../evaluate';
import { prepareRun } from '../prepare-run';
import { propose } from './propose';
import { scoreProposals } from './score-proposals';
import { selectFinalists } from './select-finalists';
import { storeProposals } from './stored-proposals';

const calls = { aside: 0, planner: 0 };
const worth: Record<string, number> = { plain: 0.5, brief: 0.25, formal: 1, ornate: 0 };
const style = { style: oneOf(['plain', 'brief', 'formal', 'ornate']) };
const rows = (split: string) => Array.from({ length: 32 }, (_, index) => ({ id: `${split}${index}`, topic: 'x' }));

/** planner and aside -> writer, which is stochastic; what is written is worth something where planner and writer agree. */
const band = system({
  name: 'band',
  input: z.object({ topic: z.string() }),
  output: z.object({ planned: z.string(), written: z.string() }),
  from: { planned: 'writer.planned' },
  components: [
    component({
      name: 'planner',
      description: 'Plans',
      input: z.object({ topic: z.string() }),
      output: z.object({ plan: z.string() }),
      configuration: style,
      run: (_, { configuration }) => {
        calls.planner += 1;
        return { plan: configuration.style };
      },
    }),
    component({
      name: 'aside',
      description: 'Says something else',
      input: z.object({ topic: z.string() }),
      output: z.object({ remark: z.string() }),
      run: () => {
        calls.aside += 1;
        return { remark: 'hm' };
      },
    }),
    component({
      name: 'writer',
      description: 'Writes',
      input: z.object({ plan: z.string(), remark: z.string() }),
      output: z.object({ planned: z.string(), written: z.string() }),
      configuration: style,
      run: ({ plan }, { configuration }) => ({ planned: plan, written: configuration.style }),
    }),
  ],
  metric: (_, { planned, written }) => (planned === written ? (worth[planned] ?? 0) : 0),
  dataset: { train: rows('t'), validation: rows('v'), test: rows('u') },
});

let folder: TemporaryFolder;
let dependencies: ActivityDependencies;
let prepared: PreparedRun;
const inputs = 4;
/** With so many proposals per step. */
async function begin(proposals: number): Promise<void> {
  const plan = { ...defaultPlan, proposals };
  prepared = await attempt(() =>
    prepareRun(dependencies, { runId: 'run', system: 'band', seed: 0, plan, fresh: false }),
  );
}
beforeEach(async () => {
  folder = await TemporaryFolder.create();
  dependencies = await activityDependencies(folder, await resolveSystem(band));
});
afterEach(() => folder.remove());

const stepOf = (iteration: number, move: Pick<LocalStep, 'component' | 'partner'>): LocalStep => ({
  ...{ runId: 'run', configurationHash: prepared.baseline, iteration },
  ...move,
});
const joint = { component: 'planner', partner: 'writer' };
const proposed = (step: LocalStep): Promise<ProposalsReference> =>
  attempt(() => propose(dependencies, { ...step, limits: {}, count: inputs }));
const judged = async (step: LocalStep, { sha256, hashes }: ProposalsReference): Promise<ProposalScore[]> => {
  const range = { split: 'train', purpose: 'optimization', iteration: step.iteration, count: inputs } as const;
  const { configurationHash } = step;
  await attempt(() =>
    evaluate(dependencies, { runId: 'run', limits: {}, configurationHash, range: { ...range, from: 0, to: inputs } }),
  );
  calls.aside = 0;
  return attempt(() =>
    scoreProposals(dependencies, {
      ...{ ...step, limits: {}, hashes, blobs: [sha256], count: inputs, inputs },
      judge: 'metric',
    }),
  );
};
/** The styles of planner and writer in each pair. */
async function stylesOf({ sha256 }: ProposalsReference): Promise<string[]> {
  const pairs = await dependencies.stores.blobs.getJson<Proposal[]>(sha256);
  return pairs.map(
    ({ settings, elsewhere }) => `${String(settings['style'])} ${String(elsewhere?.['writer']?.['style'])}`,
  );
}
const styled = (value: string): Proposal => ({
  ...{ settings: { style: value }, origin: 'grid' },
  changed: [{ variable: 'style', kind: 'hyperparameter' }],
});
/** What an earlier iteration that changed one component found. */
async function triedAlone(iteration: number, name: string, gains: Record<string, number>): Promise<void> {
  const { stores } = dependencies;
  const step = stepOf(iteration, { component: name });
  const place = { incumbent: await stores.configurations.get(prepared.baseline), component: name };
  const reference = await storeProposals(stores, place, Object.keys(gains).map(styled));
  const scores = Object.values(gains).map((meanGain, index) => ({
    ...{ configurationHash: reference.hashes[index]!, meanGain, standardError: 0, inputs, changes: 1 },
    ...{ outputsHash: String(index), judge: 'metric' as const },
  }));
  await attempt(() => selectFinalists(dependencies, { ...step, rounds: [{ reference, scores }], shortlist: scores }));
}

it('proposes pairs of both pools where nothing was tried, and judges them with all that they leave alone held fixed', async () => {
  await begin(16);
  const step = stepOf(2, joint);
  const reference = await proposed(step);
  const styles = await stylesOf(reference);
  const others = ['brief', 'formal', 'ornate'];
  expect(styles.toSorted()).toEqual(others.flatMap((first) => others.map((second) => `${first} ${second}`)).toSorted());

  const scores = await judged(step, reference);
  const gains = new Map(styles.map((pair, index) => [pair, scores[index]?.meanGain]));
  expect(gains.get('formal formal')).toBe(0.5);
  expect(gains.get('brief brief')).toBe(-0.25);
  expect(gains.get('brief formal')).toBe(-0.5);
  expect(calls.aside).toBe(0);
  expect(scores.map((score) => [score.inputs, score.changes])).toEqual(styles.map(() => [inputs, 2]));
  // All are told apart by what planner and writer did.
  expect(new Set(scores.map(({ outputsHash }) => outputsHash)).size).toBe(9);
});

it('runs proposal and incumbent once on every input, with the same draws', async () => {
  await begin(1);
  const step = stepOf(2, joint);
  const reference = await proposed(step);
  calls.planner = 0;
  await judged(step, reference);
  // The incumbent's run is the trace.
  expect(calls.planner).toBe(inputs + inputs);
});

it('pairs what ranked best alone first, also where it gains nothing, and never the same pair again', async () => {
  await begin(4);
  await triedAlone(0, 'planner', { brief: -0.3, formal: -0.2, ornate: -0.4 });
  await triedAlone(1, 'writer', { ornate: -0.1, brief: -0.5, formal: -0.2 });
  const first = await proposed(stepOf(2, joint));
  expect(await stylesOf(first)).toEqual(['formal ornate', 'brief formal', 'ornate brief']);

  const step = stepOf(2, joint);
  const round = { reference: first, scores: await judged(step, first) };
  const crossed = await attempt(() => propose(dependencies, { ...step, limits: {}, count: inputs, ranked: round }));
  expect(crossed.hashes).toHaveLength(1);
  const second = { reference: crossed, scores: await judged(step, crossed) };
  const shortlist = [...round.scores, ...second.scores];
  await attempt(() => selectFinalists(dependencies, { ...step, rounds: [round, second], shortlist }));
  const entry = await dependencies.stores.ledger.get('run', 'iteration/2/proposals');
  expect(entry?.body).toMatchObject({ ...joint, blobs: [first.sha256, crossed.sha256] });

  const later = await proposed(stepOf(4, joint));
  const known = [...(await stylesOf(first)), ...(await stylesOf(crossed))];
  expect(later.hashes).toHaveLength(3);
  expect((await stylesOf(later)).filter((pair) => known.includes(pair))).toEqual([]);
});

it('stores a joint finalist as one configuration', async () => {
  await begin(16);
  const step = stepOf(2, joint);
  const reference = await proposed(step);
  const round = { reference, scores: await judged(step, reference) };
  const { hashes } = await attempt(() =>
    selectFinalists(dependencies, { ...step, rounds: [round], shortlist: round.scores }),
  );
  expect(hashes).toHaveLength(1);
  expect(await dependencies.stores.configurations.get(hashes[0]!)).toMatchObject({
    ...{ planner: { style: 'formal' }, writer: { style: 'formal' } },
  });
});
