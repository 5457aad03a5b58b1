import { ActivityCancellationType, proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../activities';
import { activityNames, type ActivityName } from './activity-names';
import type { ActivitySettings } from './run-input';

/** Typed stubs of the activities: fits go to their own task queue, so that they never starve model calls. */
export function activityProxies(settings: ActivitySettings, rewardsTaskQueue: string) {
  const stub = (name: ActivityName, options: ActivityOptions = {}) =>
    proxyActivities<Activities>({ ...activityOptions(settings, name), ...options })[name];
  return {
    calls: Object.fromEntries(activityNames.map((name) => [name, stub(name)])) as unknown as Activities,
    rewards: { fitReward: stub('fitReward', { taskQueue: rewardsTaskQueue }) } as Pick<Activities, 'fitReward'>,
  };
}

function activityOptions(settings: ActivitySettings, name: ActivityName): ActivityOptions {
  const limits = { ...settings, ...settings.perActivity?.[name] };
  return {
    heartbeatTimeout: limits.heartbeatTimeoutMs,
    startToCloseTimeout: limits.startToCloseTimeoutMs,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: {
      maximumAttempts: limits.maximumAttempts,
      initialInterval: limits.initialIntervalMs,
      maximumInterval: limits.maximumIntervalMs,
    },
  };
}
