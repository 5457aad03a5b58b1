import { resultDocumentSchema } from '../core/run/result-document';
import { defaultPlan, type RunPlan } from '../core/run/plan';
import type { ExamplePrice } from '../core/system/example-price';
import { TemporaryFolder } from '../storage/testing/temporary-folder';
import { activityDependencies, attempt } from '../test/support/activity-attempt';
import { beginRun } from '../test/support/begun-run';
import { echoSystem } from '../test/support/echo-system';
import { storePriced } from '../test/support/store-priced';
import { decide, type DecisionRecord } from './decide';
import { look } from './look';
import { resolveSystem } from './definition/resolve-system';
import type { ActivityDependencies } from './dependencies';
import { finishRun } from './finish-run';
import { validationScores } from './validation-scores';

// Module graphs are bundled and databases opened, beside other test files on the same cores.
jest.setTimeout(60_000);

const count = 8;
const ids = Array.from({ length: count }, (_, index) => `v${index}`);
const echo = echoSystem({ validation: count });

let folder: TemporaryFolder;
let dependencies: ActivityDependencies;
let baseline: string;
let loud: string;
beforeEach(async () => {
  folder = await TemporaryFolder.create();
  dependencies = await activityDependencies(folder, await resolveSystem(echo));
  loud = await dependencies.stores.configurations.put({ speaker: { tone: 'loud' } });
});
afterEach(() => folder.remove());

const begin = async (objectives: Partial<RunPlan>): Promise<void> => {
  ({ baseline } = (await beginRun(dependencies, echo, { validationExamples: count, ...objectives })).prepared);
};

async function measured(
  configurationHash: string,
  score: number,
  price: ExamplePrice,
  { purpose, iteration, exampleIds }: { purpose: 'validation' | 'test'; iteration: number; exampleIds: string[] } = {
    ...{ purpose: 'validation', iteration: 0, exampleIds: ids },
  },
): Promise<void> {
  const examples = exampleIds.map((exampleId) => [exampleId, { score, price }] as const);
  await storePriced(dependencies.stores, { purpose, iteration, configurationHash }, Object.fromEntries(examples));
}

async function decided(entered = 1): Promise<DecisionRecord> {
  const input = { runId: 'run', iteration: 0, component: 'speaker', incumbent: baseline };
  let last = 0;
  for (let finalists = [loud]; finalists.length > 0; last++) {
    const seen = { ...input, entered, finalists, count, look: last };
    ({ hashes: finalists } = await attempt(() => look(dependencies, seen)));
  }
  await attempt(() => decide(dependencies, { ...input, entered, count, look: last - 1 }));
  return (await dependencies.stores.ledger.get('run', 'iteration/0/decision'))?.body as unknown as DecisionRecord;
}

const dear = { usd: 0.02, seconds: 1 };
const cheap = { usd: 0.005, seconds: 3 };

it('reads scores where neither money nor latency is an objective, and shows no prices', async () => {
  await begin({});
  await measured(baseline, 0.5, dear);
  await measured(loud, 0.5, cheap);
  const run = { runId: 'run', plan: defaultPlan };
  expect([...(await validationScores(dependencies, run, 0, loud, ['v1', 'v9'])).entries()]).toEqual([['v1', 0.5]]);
  expect(await decided()).toMatchObject({ accepted: false, before: 0.5, after: 0.5, gain: 0 });
  expect(await decided()).not.toHaveProperty('prices');
});

it('accepts a cheaper finalist of equal score where money is an objective, and shows score, money and time', async () => {
  await begin({ scorePerUsd: 2 });
  await measured(baseline, 0.5, dear);
  await measured(loud, 0.5, cheap);
  const decision = await decided();
  expect(decision).toMatchObject({ accepted: true, incumbent: loud, before: 0.5, after: 0.5 });
  expect(decision.prices?.before.usd).toBeCloseTo(dear.usd, 12);
  expect(decision.prices?.after).toEqual({ usd: expect.closeTo(cheap.usd, 12) as number, seconds: 3 });
  expect(decision.gain).toBeCloseTo(2 * 0.015, 12);
});

it.each([
  ['not worth its price', 0.01, false],
  ['worth it', 0.05, true],
])('judges a dearer finalist that scores better: %s', async (_, gain, accepted) => {
  await begin({ scorePerUsd: 2 });
  await measured(baseline, 0.5, cheap);
  await measured(loud, 0.5 + gain, dear);
  expect((await decided()).accepted).toBe(accepted);
});

it('judges latency as it does money', async () => {
  await begin({ scorePerSecond: 0.1 });
  await measured(baseline, 0.5, dear);
  await measured(loud, 0.6, cheap);
  expect(await decided()).toMatchObject({ accepted: false, gain: expect.closeTo(-0.1, 9) as number });
});

it.each([
  ['scores alone have bounds', {}, [-1, 1]],
  ['money is an objective', { scorePerUsd: 200 }, null],
  ['latency is an objective', { scorePerSecond: 2 }, null],
])('claims no more than there is where the sample is too small: %s', async (_, objectives, ci95) => {
  await begin(objectives);
  await measured(baseline, 0.5, { usd: 0.02, seconds: 3 });
  await measured(loud, 0.6, { usd: 0.001, seconds: 1 });
  // Eight examples for as many finalists: no sign pattern is rare enough.
  expect((await decided(8)).ci95).toEqual(ci95);
});

it('has an interval where the sample is large enough, also where money is an objective', async () => {
  await begin({ scorePerUsd: 200 });
  await measured(baseline, 0.5, dear);
  await measured(loud, 0.5, cheap);
  expect((await decided()).ci95).toEqual([expect.closeTo(3, 9), expect.closeTo(3, 9)]);
});

it('tells in the result document what test examples cost', async () => {
  await begin({ scorePerUsd: 2 });
  await measured(baseline, 0.5, dear);
  await measured(loud, 0.5, cheap);
  await decided();
  const test = { purpose: 'test' as const, iteration: -1, exampleIds: ['u0', 'u1'] };
  await measured(baseline, 0.4, dear, test);
  await measured(loud, 0.4, cheap, test);
  const ended = { runId: 'run', status: 'completed', reason: 'done', baseline, incumbent: loud } as const;
  await attempt(() => finishRun(dependencies, { ...ended, validationCount: 0, testCount: 2, wallClockMs: 1 }));
  const document = resultDocumentSchema.parse((await dependencies.stores.runs.get('run'))?.result);
  expect(document.objectives).toEqual({ scorePerUsd: 2, scorePerSecond: 0, prices: { before: dear, after: cheap } });
  expect(document.final.gain?.mean).toBe(0);
  expect(document.iterations[0]?.prices?.after.seconds).toBe(3);
});
