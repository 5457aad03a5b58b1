import type { DecisionRecord } from '../activities/decide';
import { decisionText } from '../client/report/decision-text';
import { resultDocumentSchema } from '../core/run/result-document';
import { directCaller } from '../core/system/direct-caller';
import { runExample, scoreTrace } from '../core/system/interpreter';
import { initialConfiguration, type Configuration } from '../core/system/configuration';
import type { Example } from '../core/system/run-context';
import type { System } from '../core/system/system';
import { mean } from '../core/validation/moments';
import { modelsDuet, singleChanges, stylesDuet } from './support/duet-system';
import { quickActivities, TestRuns } from './support/test-run';

jest.setTimeout(120_000);

/** Each component once, then the pair. */
const plan = {
  ...{ iterations: 4, patience: 1, validationExamples: 40, testExamples: 40, shortlist: 3 },
  simultaneousSteps: false,
} as const;
const activities = { ...quickActivities, heartbeatTimeoutMs: 30_000 };
const styles = stylesDuet();
const models = modelsDuet();

let runs: TestRuns;
beforeAll(async () => {
  runs = await TestRuns.open({
    systems: [styles, models],
    // Named by the variables; nothing calls them.
    endpoints: { none: { baseURL: 'http://127.0.0.1:9/v1', models: { small: {}, large: {} } } },
  });
});
afterAll(() => runs.close());

/** True mean score of a configuration on the test examples. */
async function trueScore(system: System, configuration: Configuration): Promise<number> {
  const { test } = system.dataset as unknown as { test: Example[] };
  const caller = directCaller();
  const { signal } = new AbortController();
  const scores = test.map(async (example) => {
    const draw = { runSeed: 0, purpose: 'test', iteration: -1, exampleId: example.id, index: 0 } as const;
    const trace = await runExample({ system, configuration, example, draw, caller, signal });
    return (await scoreTrace(trace, { system, example, draw, caller, signal })).score;
  });
  return mean(await Promise.all(scores));
}

async function gainsOfSingleChanges(system: System, variable: string, values: string[]): Promise<number[]> {
  const before = await trueScore(system, initialConfiguration(system));
  const changed = singleChanges(system, variable, values).map((item) => trueScore(system, item));
  return (await Promise.all(changed)).map((after) => after - before);
}

async function documentOf(runId: string) {
  expect(await runs.client.result(runId)).toMatchObject({ status: 'completed' });
  return resultDocumentSchema.parse(await runs.client.document(runId));
}

it('accepts a joint move that raises the held-out metric where no single change gains', async () => {
  const gains = await gainsOfSingleChanges(styles, 'style', ['brief', 'formal', 'ornate']);
  expect(Math.max(...gains)).toBeLessThan(0);

  const runId = await runs.start({ system: 'styles-duet', plan, activities });
  const document = await documentOf(runId);
  const accepted = document.iterations.filter((iteration) => iteration.accepted);
  expect(accepted).toHaveLength(1);
  const [joint] = accepted;
  expect(joint).toMatchObject({
    component: 'planner',
    partner: 'writer',
    changed: [
      { component: 'planner', variable: 'style', kind: 'hyperparameter' },
      { component: 'writer', variable: 'style', kind: 'hyperparameter' },
    ],
  });
  expect(decisionText(joint!)).toMatch(/^iteration \d: planner with writer accepted style, /);
  expect(document.configuration).toMatchObject({ planner: { style: 'formal' }, writer: { style: 'formal' } });
  expect(document.final.gain?.mean).toBeCloseTo(0.5);

  // Each component alone first, then the pair; that move had no preference data and no reward of its own.
  expect(joint?.iteration).toBe(2);
  const alone = document.iterations.slice(0, 2).map(({ component, partner }) => partner ?? component);
  expect(alone.sort()).toEqual(['planner', 'writer']);
  const entries = await runs.runtime.stores.ledger.list(runId, { iteration: 2 });
  expect(entries.map(({ kind }) => kind)).not.toContain('reward');
  const decision = entries.find(({ kind }) => kind === 'decision')?.body as unknown as DecisionRecord;
  expect(decision.validated).not.toEqual([]);
  expect(decision.validated.map(({ judge }) => judge)).toEqual(decision.validated.map(() => 'metric'));
});

it('stays where it is without joint moves, after the tries that its patience allows', async () => {
  const runId = await runs.start({ system: 'styles-duet', plan: { ...plan, jointMoves: false }, activities });
  const document = await documentOf(runId);
  expect(document.iterations.map(({ accepted }) => accepted)).toEqual([false, false]);
  expect(document.reason).toBe('no component improved in 2 tries in a row');
  expect(document.final.gain?.mean).toBe(0);
});

it('accepts the same model for both components where another model in one of them loses', async () => {
  const gains = await gainsOfSingleChanges(models, 'model', ['large']);
  expect(Math.max(...gains)).toBeLessThan(0);

  const runId = await runs.start({
    system: 'models-duet',
    plan: { ...plan, iterations: 1, jointMoves: false },
    activities,
  });
  const document = await documentOf(runId);
  expect(document.iterations).toMatchObject([{ accepted: true }]);
  expect(document.iterations[0]).not.toHaveProperty('partner');
  expect(document.iterations[0]?.changed.map(({ component, kind }) => [component, kind])).toEqual([
    ['planner', 'model'],
    ['writer', 'model'],
  ]);
  expect(document.final.gain?.mean).toBeCloseTo(0.5);
});

it('gives every component its tries after a simultaneous step that found nothing', async () => {
  const runId = await runs.start({
    system: 'styles-duet',
    plan: { ...plan, simultaneousSteps: true, jointMoves: false },
    activities,
  });
  const document = await documentOf(runId);
  expect(document.iterations[0]).toMatchObject({ others: ['writer'], accepted: false });
  expect(
    document.iterations
      .slice(1)
      .map(({ component, others }) => [component, others])
      .sort(),
  ).toEqual([
    ['planner', undefined],
    ['writer', undefined],
  ]);
  expect(document.reason).toBe('no component improved in 2 tries in a row');
});

it('ends where no component is expected to gain enough, once each was tried', async () => {
  const runId = await runs.start({ system: 'styles-duet', plan: { ...plan, worthwhileGain: 0.9 }, activities });
  const document = await documentOf(runId);
  expect(document.iterations.map(({ component }) => component).sort()).toEqual(['planner', 'writer']);
  expect(document.reason).toMatch(
    /^no component is expected to gain 0.9 for 1,000 component calls \(at best -?0\.\d+ for 0: /,
  );
});
