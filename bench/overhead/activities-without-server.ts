import { MockActivityEnvironment } from '@temporalio/testing';
import { createActivities, type Activities, type ActivityDependencies } from '../../activities';

/** The worker's activities, each call in an activity context of its own but called directly: no server, no task queue. */
export function activitiesWithoutServer(dependencies: ActivityDependencies): Activities {
  const activities = createActivities(dependencies);
  return Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [
      name,
      (input: never) =>
        new MockActivityEnvironment({ activityType: name }).run(activity as (given: never) => Promise<unknown>, input),
    ]),
  ) as unknown as Activities;
}
