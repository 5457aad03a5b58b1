import { resultDocumentSchema } from '../core/run/result-document';
import { TemporaryFolder } from '../storage/testing/temporary-folder';
import { attempt } from '../test/support/activity-attempt';
import { begunRun } from '../test/support/begun-run';
import { echoSystem } from '../test/support/echo-system';
import type { DecideInput, Judge } from './contracts';
import { decide, type DecisionRecord } from './decide';
import type { ActivityDependencies } from './dependencies';
import { exampleSample } from './example-samples';
import { finishRun } from './finish-run';
import { openRun } from './open-run';

const tones = ['calm', 'loud', 'soft', 'warm'] as const;
const echo = echoSystem({ tones, validation: 9 });

let folder: TemporaryFolder;
let dependencies: ActivityDependencies;
let baseline: string;
let loud: string;
let soft: string;
let warm: string;
/** The validation sample of iteration 0, in its order. */
let ids: string[];
beforeEach(async () => {
  folder = await TemporaryFolder.create();
  const begun = await begunRun(folder, echo, { plan: { validationExamples: 6 } });
  dependencies = begun.dependencies;
  ({ baseline } = begun.prepared);
  const others = tones.slice(1).map((tone) => ({ speaker: { tone } }));
  [loud, soft, warm] = (await dependencies.stores.configurations.putMany(others)) as [string, string, string];
  const run = await openRun(dependencies, 'run');
  const range = { split: 'validation', purpose: 'validation', iteration: 0, count: 6 } as const;
  ids = exampleSample(run.resolved, run.seed, range).map(({ id }) => id);
});
afterEach(() => folder.remove());

/** Scores on the first examples of the sample. */
async function measured(configurationHash: string, scores: readonly number[], iteration = 0): Promise<void> {
  await dependencies.stores.evaluations.putMany(
    { runId: 'run', purpose: 'validation', iteration, configurationHash },
    scores.map((score, place) => ({ exampleId: ids[place] as string, drawIndex: 0, score })),
  );
}

interface Proposed {
  configurationHash: string;
  finalist?: boolean;
  expectedGain: number | null;
  judge?: Judge | null;
  measuredGain?: number | null;
}

async function proposed(proposals: readonly Proposed[], iteration = 0): Promise<void> {
  const record = proposals.map((proposal) => ({
    ...{ finalist: true, measuredGain: null, judge: 'reward' as const, changed: [] },
    ...proposal,
  }));
  const body = { component: 'speaker', incumbent: baseline, proposals: record, reason: '' };
  await dependencies.stores.ledger.append('run', [
    { key: `iteration/${iteration}/proposals`, iteration, kind: 'proposals', body },
  ]);
}

async function decided(more: Partial<DecideInput> = {}): Promise<DecisionRecord> {
  const input: DecideInput = {
    ...{ runId: 'run', iteration: 0, component: 'speaker', incumbent: baseline },
    ...{ entered: 2, count: 6, look: null, ...more },
  };
  await attempt(() => decide(dependencies, input));
  const entry = await dependencies.stores.ledger.get('run', `iteration/${input.iteration}/decision`);
  return entry?.body as unknown as DecisionRecord;
}

describe('the record of a decision', () => {
  beforeEach(() => measured(baseline, [0, 0, 0, 0, 0, 0]));

  it('has what was predicted and what came of every finalist, whatever their order', async () => {
    await proposed([
      { configurationHash: soft, expectedGain: 0.1, measuredGain: 0.2 },
      { configurationHash: warm, finalist: false, expectedGain: 0.9, measuredGain: 0.9 },
      { configurationHash: loud, expectedGain: 0.3, measuredGain: -0.4 },
    ]);
    await measured(loud, [1, 1, 1, 1, 1, 0.5]);
    // Dropped at an earlier look.
    await measured(soft, [0, 0.5]);
    // No finalist, though it has been measured.
    await measured(warm, [1, 1, 1, 1, 1, 1]);
    const { validated } = await decided();
    expect(validated).toEqual([
      {
        ...{ configurationHash: soft, judge: 'reward', predicted: 0.1, shortlisted: 0.2, realised: 0.25, examples: 2 },
      },
      {
        ...{ configurationHash: loud, judge: 'reward', predicted: 0.3, shortlisted: -0.4 },
        ...{ realised: expect.closeTo(5.5 / 6), examples: 6 },
      },
    ]);
  });

  it('has the finalists of an iteration in which all were dropped, and none that was never measured', async () => {
    await proposed([
      { configurationHash: loud, expectedGain: 0.3, judge: 'metric' },
      { configurationHash: soft, expectedGain: null, judge: null },
    ]);
    await measured(loud, [0, 0]);
    const record = await decided({ skipped: 'no finalist leads' });
    expect(record).toMatchObject({ accepted: false, reason: 'no finalist leads' });
    expect(record.validated).toEqual([
      { configurationHash: loud, judge: 'metric', predicted: 0.3, shortlisted: null, realised: 0, examples: 2 },
    ]);
  });

  it('has none where nothing was proposed', async () => {
    expect((await decided()).validated).toEqual([]);
  });

  it('does not know who judged where that is not recorded', async () => {
    await proposed([{ configurationHash: loud, expectedGain: 0.3, judge: null }]);
    await measured(loud, [1, 1]);
    expect((await decided()).validated).toMatchObject([{ judge: null }]);
  });
});

describe('the result document', () => {
  const finish = async () => {
    const ended = { runId: 'run', status: 'completed', reason: 'done', baseline, incumbent: baseline } as const;
    const counts = { validationCount: 0, testCount: 0, wallClockMs: 1 };
    await attempt(() => finishRun(dependencies, { ...ended, ...counts }));
    return resultDocumentSchema.parse((await dependencies.stores.runs.get('run'))?.result).localToGlobal;
  };

  it('holds what trusted rewards predicted against what came of it, and nothing that the metric predicted', async () => {
    await measured(baseline, [0, 0, 0]);
    await proposed([
      { configurationHash: loud, expectedGain: 0.3 },
      { configurationHash: soft, expectedGain: 0.1 },
      { configurationHash: warm, expectedGain: null },
    ]);
    for (const [hash, score] of [
      [loud, 1],
      [soft, 0],
      [warm, 0],
    ] as const)
      await measured(hash, [score, score, score]);
    await decided();
    await measured(baseline, [1, 1, 1], 1);
    // By the next iteration it is not trusted any more.
    await proposed([{ configurationHash: soft, expectedGain: 0.5, judge: 'metric' }], 1);
    await measured(soft, [0, 0, 0], 1);
    await decided({ iteration: 1 });
    const ofEarlierVersion = {
      component: 'speaker',
      accepted: false,
      reason: '',
      changed: [],
      before: null,
      after: null,
    };
    await dependencies.stores.ledger.append('run', [
      { key: 'iteration/2/decision', iteration: 2, kind: 'decision', body: { ...ofEarlierVersion, p: null } },
    ]);
    expect(await finish()).toEqual({
      ...{ candidates: 2, failed: 1, meanExcess: expect.closeTo((0.3 - 1 + 0.1) / 2) },
      failureRate: { value: 0.5, ci95: [expect.any(Number), expect.any(Number)] },
    });
  });

  it('claims nothing where no trusted reward predicted anything', async () => {
    expect(await finish()).toEqual({ candidates: 0, failed: 0, failureRate: null, meanExcess: null });
  });
});
