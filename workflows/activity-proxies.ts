import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { ActivitySettings } from './run-input';

/** Typed stubs of the activities: fits go to their own task queue, so that they never starve model calls. */
export function activityProxies(settings: ActivitySettings, rewardsTaskQueue: string) {
  const options = {
    heartbeatTimeout: settings.heartbeatTimeoutMs,
    startToCloseTimeout: settings.startToCloseTimeoutMs,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: {
      maximumAttempts: settings.maximumAttempts,
      initialInterval: settings.initialIntervalMs,
      maximumInterval: settings.maximumIntervalMs,
    },
  };
  return {
    calls: proxyActivities<Activities>(options),
    rewards: proxyActivities<Pick<Activities, 'fitReward'>>({ ...options, taskQueue: rewardsTaskQueue }),
  };
}
