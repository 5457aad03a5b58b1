import type { Proposal } from '../../core/search/proposal';
import { configurationHash } from '../../core/system/configuration';
import { TemporaryFolder } from '../../storage/testing/temporary-folder';
import { attempt } from '../../test/support/activity-attempt';
import { begunRun } from '../../test/support/begun-run';
import { echoSystem } from '../../test/support/echo-system';
import type { LocalStep, ProposalScore, RankedProposals } from '../contracts';
import type { ActivityDependencies } from '../dependencies';
import { selectFinalists } from './select-finalists';
import { storeProposals } from './stored-proposals';

const tones = ['start', 'a', 'b', 'c', 'd', 'e'] as const;
const toned = (tone: string): Proposal => ({
  settings: { tone },
  origin: 'grid',
  changed: [{ variable: 'tone', kind: 'hyperparameter' }],
});
const hashOf = (tone: string): string => configurationHash({ speaker: { tone } });
const scored = (tone: string, meanGain: number, outputsHash = tone): ProposalScore => ({
  ...{ configurationHash: hashOf(tone), meanGain, standardError: 0.1, inputs: 12, outputsHash, changes: 1 },
  judge: 'metric',
});

let folder: TemporaryFolder;
let dependencies: ActivityDependencies;
let step: LocalStep;
const round = async (...judged: [tone: string, score: ProposalScore][]): Promise<RankedProposals> => ({
  reference: await storeProposals(
    dependencies.stores,
    { incumbent: { speaker: { tone: 'start' } }, component: 'speaker' },
    judged.map(([tone]) => toned(tone)),
  ),
  scores: judged.map(([, score]) => score),
});

beforeEach(async () => {
  folder = await TemporaryFolder.create();
  const begun = await begunRun(folder, echoSystem({ tones }), { plan: { finalists: 1 } });
  dependencies = begun.dependencies;
  const { baseline } = begun.prepared;
  step = { runId: 'run', component: 'speaker', iteration: 0, configurationHash: baseline };
});
afterEach(() => folder.remove());

it('lets the metric, not the reward, choose the finalist, and records what both said', async () => {
  const byReward = (tone: string, gain: number): [string, ProposalScore] => [
    tone,
    { ...scored(tone, gain), judge: 'reward' },
  ];
  const rounds = [await round(byReward('a', 0.3), byReward('b', 0.1), ['c', scored('c', 0.05)])];
  const shortlist = [scored('a', -0.2), scored('b', 0.15)];
  const finalists = await attempt(() => selectFinalists(dependencies, { ...step, rounds, shortlist }));
  expect(finalists.hashes).toEqual([hashOf('b')]);
  const [entry] = await dependencies.stores.ledger.list('run', { kind: 'proposals' });
  expect(entry?.body).toMatchObject({
    proposals: [
      { configurationHash: hashOf('a'), expectedGain: 0.3, judge: 'reward', measuredGain: -0.2, finalist: false },
      { configurationHash: hashOf('b'), expectedGain: 0.1, judge: 'reward', measuredGain: 0.15, finalist: true },
      { configurationHash: hashOf('c'), expectedGain: 0.05, judge: 'metric', measuredGain: null, finalist: false },
    ],
  });
});

it.each([
  ['sees a loss', -0.02, '-0.0200'],
  ['sees no change', 0, '0.0000'],
])('has no finalist where the metric %s in the shortlist', async (_, measured, best) => {
  const rounds = [await round(['a', scored('a', 0.3)])];
  const shortlist = [scored('a', measured)];
  const finalists = await attempt(() => selectFinalists(dependencies, { ...step, rounds, shortlist }));
  expect(finalists).toEqual({
    hashes: [],
    reason: `none of the 1 best of 1 proposals gained on more inputs (best ${best})`,
  });
});
