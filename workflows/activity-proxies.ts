import { ActivityCancellationType, proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../activities';
import { activityNames, type ActivityName } from './activity-names';
import { activitySummary, type ActivityInput } from './activity-summary';
import type { ActivityLimits, ActivitySettings } from './run-input';

/**
 * Where the usual attempts are too few: the record of a command that has taken effect must outlive what the run survives
 * by a pause. About 16 hours.
 */
const patient: Partial<Record<ActivityName, Partial<ActivityLimits>>> = { recordEvent: { maximumAttempts: 1_000 } };

/**
 * Spread over the workers of a task queue. The other activities are single short steps: they may come with the answer to the
 * workflow task that scheduled them (eager dispatch), to the worker that has the workflow. That would gather a fan-out on one
 * worker.
 */
const spread: ReadonlySet<ActivityName> = new Set(['evaluate', 'collectCandidates', 'scoreProposals']);

/** Typed stubs of the activities, with a summary each: fits go to their own task queue, so that they never starve model calls. */
export function activityProxies(settings: ActivitySettings, rewardsTaskQueue: string) {
  const stub = <Name extends ActivityName>(name: Name, options: ActivityOptions = {}) => {
    const fixed = { ...activityOptions(settings, name), ...options };
    return (input: ActivityInput<Name>): Promise<unknown> => {
      const summarized = proxyActivities<Activities>({ ...fixed, summary: activitySummary(name, input) });
      return (summarized[name] as (input: ActivityInput<Name>) => Promise<unknown>)(input);
    };
  };
  return {
    calls: Object.fromEntries(activityNames.map((name) => [name, stub(name)])) as unknown as Activities,
    rewards: { fitReward: stub('fitReward', { taskQueue: rewardsTaskQueue }) } as Pick<Activities, 'fitReward'>,
  };
}

function activityOptions(settings: ActivitySettings, name: ActivityName): ActivityOptions {
  const limits = { ...settings, ...patient[name], ...settings.perActivity?.[name] };
  return {
    heartbeatTimeout: limits.heartbeatTimeoutMs,
    startToCloseTimeout: limits.startToCloseTimeoutMs,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    allowEagerDispatch: !spread.has(name),
    retry: {
      maximumAttempts: limits.maximumAttempts,
      initialInterval: limits.initialIntervalMs,
      maximumInterval: limits.maximumIntervalMs,
    },
  };
}
