import { z } from 'zod';
import { component } from '../core/system/component';
import { InfrastructureError } from '../core/system/infrastructure-error';
import { system } from '../core/system/system';
import { oneOf } from '../core/system/variable';
import { quickActivities, TestRuns, tinyPlan } from './support/test-run';
import { until } from './support/until';

jest.setTimeout(300_000);

it('takes timeouts and attempts of each activity from the config; out of attempts, the run pauses and can go on', async () => {
  let down = true;
  const text = z.object({ text: z.string() });
  const rows = (split: string) =>
    Array.from({ length: 12 }, (_, index) => ({ id: `${split}${index}`, text: `${index}` }));
  const searching = system({
    name: 'searching',
    input: text,
    output: text,
    from: { text: 'searcher.text' },
    components: [
      component({
        name: 'searcher',
        description: 'Searches',
        input: text,
        output: text,
        configuration: { depth: oneOf([1, 2]) },
        run: (inputs) => {
          if (down) throw new InfrastructureError('the search service does not answer');
          return inputs;
        },
      }),
    ],
    metric: () => 0.5,
    dataset: { train: rows('a'), validation: rows('b'), test: rows('c') },
  });
  const activities = {
    perActivity: {
      evaluate: { maximumAttempts: 2, initialIntervalMs: 10 },
      fitReward: { heartbeatTimeoutMs: 7_000, startToCloseTimeoutMs: 45_000 },
    },
  };
  const runs = await TestRuns.open({ systems: [searching], endpoints: {}, config: { activities } });
  try {
    const runId = await runs.start({ system: 'searching', plan: tinyPlan, fanOut: 1 });
    await until(async () => (await runs.client.progress(runId)).status === 'paused');
    expect((await runs.client.progress(runId)).paused).toMatchObject({
      by: 'optimas',
      reason: 'the search service does not answer',
    });
    down = false;
    await runs.client.resume(runId, { actor: 'test', reason: 'the service is back' });
    expect((await runs.client.result(runId)).status).toBe('completed');

    const { events = [] } = await runs.temporal.workflow.getHandle(runId).fetchHistory();
    const failed = events?.filter(({ activityTaskFailedEventAttributes: attributes }) => attributes) ?? [];
    expect(failed).toHaveLength(1);
    const started = events?.find(
      ({ eventId }) => String(eventId) === String(failed[0]?.activityTaskFailedEventAttributes?.startedEventId),
    );
    expect(started?.activityTaskStartedEventAttributes?.attempt).toBe(2);
    const timeouts = (name: string): unknown[] =>
      events?.flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
        scheduled?.activityType?.name === name
          ? [[Number(scheduled.heartbeatTimeout?.seconds), Number(scheduled.startToCloseTimeout?.seconds)]]
          : [],
      ) ?? [];
    expect(timeouts('fitReward')).toEqual([[7, 45]]);
    expect(timeouts('evaluate')[0]).toEqual([2, 60]);
    const attempts = (name: string): unknown[] =>
      events?.flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
        scheduled?.activityType?.name === name ? [scheduled.retryPolicy?.maximumAttempts] : [],
      ) ?? [];
    // The record of a command that has taken effect is tried longer than anything else.
    expect(attempts('recordEvent')).toEqual([1_000]);
    expect(attempts('summarize')[0]).toBe(quickActivities.maximumAttempts);
  } finally {
    await runs.close();
  }
});
