import { defaultPayloadConverter } from '@temporalio/common';
import { searchAttributes } from '../workflows/search-attributes';
import { shoutingOn } from './support/shouting-system';
import { TestRuns, tinyPlan } from './support/test-run';

jest.setTimeout(180_000);

describe("Temporal's interface", () => {
  let runs: TestRuns;
  beforeEach(async () => {
    runs = await TestRuns.open({ systems: [shoutingOn(10)], endpoints: {} });
  });
  afterEach(() => runs.close());

  /** `activity: summary` of each activity that a workflow scheduled, in order. */
  const activitiesOf = async (workflowId: string): Promise<string[]> => {
    const events = (await runs.temporal.workflow.getHandle(workflowId).fetchHistory()).events ?? [];
    return events.flatMap(({ activityTaskScheduledEventAttributes: scheduled, userMetadata }) => {
      if (!scheduled) return [];
      const summary = userMetadata?.summary ? defaultPayloadConverter.fromPayload<string>(userMetadata.summary) : '-';
      return [`${scheduled.activityType?.name}: ${summary}`];
    });
  };

  it('tells runs, iterations and activities apart', async () => {
    const runId = await runs.start({ system: 'shouting', seed: 4, plan: tinyPlan });
    const { configuration } = await runs.client.result(runId);
    const settings = `configuration ${configuration?.slice(0, 8)}`;

    const run = await runs.temporal.workflow.getHandle(runId).describe();
    expect(await run.staticSummary()).toBe('Optimas run of shouting, seed 4');
    expect(run.typedSearchAttributes.get(searchAttributes.system)).toBe('shouting');
    expect(run.typedSearchAttributes.get(searchAttributes.phase)).toBe('done');
    const child = await runs.temporal.workflow.getHandle(`${runId}/iteration-1`).describe();
    expect(await child.staticSummary()).toBe('Optimas iteration 1 of shouting');

    const ofRun = await activitiesOf(runId);
    expect(ofRun).toEqual([
      'prepareRun: shouting, seed 4',
      `evaluate: baseline, validation 1-8 of 12, ${settings}`,
      `evaluate: baseline, validation 9-12 of 12, ${settings}`,
      `summarize: baseline, 12 examples, ${settings}`,
      `evaluate: preference, train 1-6 of 6, ${settings}`,
      'collectCandidates: shouter, inputs 1-6 of 6',
      'fitReward: shouter',
      `evaluate: test, test 1-8 of 10, ${settings}`,
      `evaluate: test, test 9-10 of 10, ${settings}`,
      'finishRun: completed',
    ]);
    const ofIteration = await activitiesOf(`${runId}/iteration-1`);
    expect(ofIteration).toContain('chooseComponent: of 1');
    expect(ofIteration).toContain('propose: shouter, first round');
    expect(ofIteration).toContainEqual(
      expect.stringMatching(
        /^scoreProposals: shouter, 2 proposals on 3 inputs, judge reward: [0-9a-f]{8}, [0-9a-f]{8}$/,
      ),
    );
    expect(ofIteration.filter((activity) => activity.endsWith(': -'))).toEqual([]);
  });
});
