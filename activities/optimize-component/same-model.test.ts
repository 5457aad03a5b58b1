import { defaultPlan } from '../../core/run/plan';
import type { Proposal } from '../../core/search/proposal';
import { LanguageModels } from '../../providers/language-models';
import { TemporaryFolder } from '../../storage/testing/temporary-folder';
import { activityDependencies, attempt } from '../../test/support/activity-attempt';
import { modelsDuet } from '../../test/support/duet-system';
import { resolveSystem } from '../definition/resolve-system';
import type { ActivityDependencies } from '../dependencies';
import { evaluate } from '../evaluate';
import { componentOf, openRun } from '../open-run';
import { prepareRun } from '../prepare-run';
import { alternativeSettings } from './alternative-settings';
import { propose } from './propose';
import { scoreProposals } from './score-proposals';

/** A trusted reward that expects 99 of every output, give or take 0.5. */
jest.mock('./latest-reward', () => ({
  rankingReward: () => Promise.resolve(undefined),
  openLatestReward: () =>
    Promise.resolve({
      gains: (comparisons: unknown[]) => Promise.resolve(comparisons.map(() => ({ gain: 99, standardError: 0.5 }))),
      close: () => Promise.resolve(),
    }),
}));

const inputs = 12;
let folder: TemporaryFolder;
let dependencies: ActivityDependencies;
let step: { runId: string; component: string; configurationHash: string; iteration: number; limits: object };
beforeEach(async () => {
  folder = await TemporaryFolder.create();
  const endpoints = { e: { baseURL: 'http://127.0.0.1:1/v1', models: { small: {}, large: {} } } };
  const languageModels = new LanguageModels(endpoints, {});
  dependencies = await activityDependencies(folder, await resolveSystem(modelsDuet()), { languageModels });
  const { baseline } = await attempt(() =>
    prepareRun(dependencies, { runId: 'run', system: 'models-duet', seed: 0, plan: defaultPlan, fresh: false }),
  );
  step = { runId: 'run', component: 'planner', configurationHash: baseline, iteration: 0, limits: {} };
});
afterEach(() => folder.remove());

it('is proposed beside the component alone, and judged by the metric where a reward ranks the others', async () => {
  const range = { split: 'train', purpose: 'optimization', iteration: 0, count: inputs, from: 0, to: inputs } as const;
  await attempt(() => evaluate(dependencies, { ...step, range }));
  const reference = await attempt(() => propose(dependencies, { ...step, count: inputs }));
  const proposals = await dependencies.stores.blobs.getJson<Proposal[]>(reference.sha256);
  expect(proposals.map(({ origin, elsewhere }) => [origin, elsewhere])).toEqual([
    ['model', undefined],
    ['same-model', { writer: { model: 'large' } }],
  ]);
  const [alone, same] = await attempt(() =>
    scoreProposals(dependencies, {
      ...{ ...step, hashes: reference.hashes, blobs: [reference.sha256], count: inputs, inputs },
      judge: 'reward',
    }),
  );
  // Equal gains on all inputs: what is left is what the reward is unsure of.
  expect(alone).toMatchObject({ meanGain: 99, standardError: 0.5, judge: 'reward' });
  // From 0.4 to 0.9 of all inputs.
  expect(same?.meanGain).toBeGreaterThan(0.2);
  expect(same?.meanGain).toBeLessThan(0.8);
  expect(same?.judge).toBe('metric');
});

it('is no setting for candidate outputs of one component', async () => {
  const run = await openRun(dependencies, 'run');
  const incumbent = await dependencies.stores.configurations.get(step.configurationHash);
  const { signal } = new AbortController();
  const pool = async (purpose: 'candidates' | 'proposals') => {
    const traces = new Map();
    const step = { component: componentOf(run, 'writer'), iteration: 0, incumbent, traces, signal };
    return (await alternativeSettings(run, { ...step, purpose })).map(({ origin }) => origin);
  };
  expect(await pool('proposals')).toEqual(['model', 'same-model']);
  expect(await pool('candidates')).toEqual(['model']);
});
