import { TemporaryFolder } from '../storage/testing/temporary-folder';
import { attempt } from '../test/support/activity-attempt';
import { begunRun } from '../test/support/begun-run';
import { echoSystem } from '../test/support/echo-system';
import { decide, type DecisionRecord } from './decide';
import type { ActivityDependencies } from './dependencies';
import { exampleSample } from './example-samples';
import { look, type LookRecord } from './look';
import { openRun } from './open-run';

const tones = ['calm', 'loud', 'soft', 'warm'] as const;
const echo = echoSystem({ tones, validation: 40 });

let folder: TemporaryFolder;
let dependencies: ActivityDependencies;
let baseline: string;
let loud: string;
let soft: string;
beforeEach(() => begin());
afterEach(() => folder.remove());

async function begin(more: { minimumEffect?: number } = {}): Promise<void> {
  folder = await TemporaryFolder.create();
  const begun = await begunRun(folder, echo, { plan: { iterations: 5, ...more } });
  ({ dependencies } = begun);
  ({ baseline } = begun.prepared);
  const others = tones.slice(1).map((tone) => ({ speaker: { tone } }));
  [loud, soft] = (await dependencies.stores.configurations.putMany(others)) as [string, string, string];
}

/** Scores on the first examples of the sample, by their place in it. */
async function measured(configurationHash: string, score: (place: number) => number, examples: number, iteration = 0) {
  const run = await openRun(dependencies, 'run');
  const range = { split: 'validation', purpose: 'validation', iteration, count: 40 } as const;
  const sample = exampleSample(run.resolved, run.seed, range).slice(0, examples);
  await dependencies.stores.evaluations.putMany(
    { runId: 'run', purpose: 'validation', iteration, configurationHash },
    sample.map(({ id }, place) => ({ exampleId: id, drawIndex: 0, score: score(place) })),
  );
}

const lookAt = (number: number, finalists: string[], { iteration = 0, incumbent = baseline } = {}) =>
  attempt(() =>
    look(dependencies, { runId: 'run', iteration, incumbent, entered: 2, finalists, count: 40, look: number }),
  );
const recorded = async <T>(key: string): Promise<T> =>
  (await dependencies.stores.ledger.get('run', key))?.body as unknown as T;
async function decided(number: number, { iteration = 0, incumbent = baseline } = {}): Promise<DecisionRecord> {
  const input = { runId: 'run', iteration, component: 'speaker', incumbent, entered: 2, count: 40, look: number };
  await attempt(() => decide(dependencies, input));
  return recorded(`iteration/${iteration}/decision`);
}

/** 10 examples, 20, then 40: the looks of a sample of 40. */
async function acceptedAtTheSecondLook(): Promise<void> {
  await measured(baseline, () => 0, 10);
  await measured(loud, (place) => (place === 0 ? 0.5 : 1), 10);
  await measured(soft, () => 0.1, 10);
  expect(await lookAt(0, [loud, soft])).toEqual({ hashes: [loud] });
  await measured(baseline, () => 0, 20);
  await measured(loud, (place) => (place === 0 ? 0.5 : 1), 20);
  expect(await lookAt(1, [loud])).toEqual({ hashes: [] });
}

it('drops at the first look, accepts at the second, and the decision records level, look, p and interval', async () => {
  await acceptedAtTheSecondLook();
  const decision = await decided(1);
  expect(decision).toMatchObject({
    ...{ accepted: true, incumbent: loud, finalist: loud, look: 1, examples: 20, before: 0 },
    ...{ after: expect.closeTo(19.5 / 20), level: expect.closeTo(0.01) },
    ...{ changed: [expect.objectContaining({ variable: 'tone' })] },
  });
  expect(decision.reason).toContain('at look 2 of 3, on 20 examples');
  expect(decision.p).toBeLessThan(0.01);
  const [low, high] = decision.ci95 as [number, number];
  expect(low).toBeGreaterThan(0.5);
  expect(high).toBeGreaterThanOrEqual(19.5 / 20);
});

it('hands the level of an accepted iteration to the next one, not to the one after a rejection', async () => {
  await acceptedAtTheSecondLook();
  await decided(1);
  for (const iteration of [1, 2]) {
    await measured(loud, () => 0.5, 10, iteration);
    await measured(soft, () => 0.4, 10, iteration);
    expect(await lookAt(0, [soft], { iteration, incumbent: loud })).toEqual({ hashes: [] });
    const { level, accepted, reason } = await decided(0, { iteration, incumbent: loud });
    expect(level).toBeCloseTo(iteration === 1 ? 0.02 : 0.01, 12);
    expect(accepted).toBe(false);
    expect(reason).toContain('no finalist scored above the incumbent at look 1 of 3');
  }
});

it.each([
  [0.3, true],
  [0.6, false],
])('asks for the minimum effect of the plan: of a gain of 0.5, %s at least: %s', async (minimumEffect, accepted) => {
  await folder.remove();
  await begin({ minimumEffect });
  for (const [number, examples] of [10, 20, 40].entries()) {
    await measured(baseline, () => 0, examples);
    await measured(loud, (place) => (place % 2 === 0 ? 0.49 : 0.51), examples);
    if ((await lookAt(number, [loud])).hashes.length > 0) continue;
    expect(await decided(number)).toMatchObject({ accepted });
    return;
  }
  throw new Error('no look decided');
});

it('answers on its second attempt what the first one recorded, once', async () => {
  await acceptedAtTheSecondLook();
  await measured(loud, () => 0, 20);
  expect(await lookAt(1, [loud])).toEqual({ hashes: [] });
  const record = await recorded<LookRecord>('iteration/0/look/1');
  expect(record).toMatchObject({ accepted: loud, examples: 20, level: expect.closeTo(0.01) });
  expect(await dependencies.stores.ledger.list('run', { kind: 'look' })).toHaveLength(2);
});
