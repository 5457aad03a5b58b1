import { activityNames, type ActivityName } from '../../workflows/activity-names';
import { defaultActivitySettings, type ActivityLimits, type ActivitySettings } from '../../workflows/run-input';
import { checkMembers, withoutAbsent } from './check-run-settings';

/** Timeouts and attempts of a run's activities, as a config or a call gives them: what is left out stays as it is. */
export type ActivityChanges = Partial<ActivitySettings>;

/** Temporal counts durations in milliseconds; a longer one than 30 days is a mistake in the unit. */
const longestMs = 30 * 86_400_000;

const milliseconds = {
  accepts: (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= longestMs,
  expected: 'a whole number of milliseconds from 1 to 2592000000 (30 days)',
};
const limitChecks: Record<keyof ActivityLimits, typeof milliseconds> = {
  heartbeatTimeoutMs: milliseconds,
  startToCloseTimeoutMs: milliseconds,
  // Without a limit a failure that never passes would never be shown to a person.
  maximumAttempts: {
    accepts: (value) => Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= 1_000,
    expected: 'a whole number from 1 to 1000',
  },
  initialIntervalMs: milliseconds,
  maximumIntervalMs: milliseconds,
};
const checks: Record<keyof ActivitySettings, typeof milliseconds> = {
  ...limitChecks,
  declinedWaitMs: milliseconds,
  longestDeclinedWaitMs: milliseconds,
  perActivity: {
    accepts: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    expected: 'an object with some of the activities, as { fitReward: { startToCloseTimeoutMs: 3_600_000 } }',
  },
};
const perActivityChecks = Object.fromEntries(activityNames.map((name) => [name, checks.perActivity]));

/** @throws DefinitionError naming the setting that is unknown or out of range. `where` begins the message. */
export function checkActivitySettings(where: string, settings: unknown): asserts settings is ActivityChanges {
  checkMembers(where, settings, checks);
  const { perActivity } = settings as ActivityChanges;
  if (perActivity === undefined) return;
  checkMembers(`${where}.perActivity`, perActivity, perActivityChecks);
  for (const [name, limits] of Object.entries(perActivity)) {
    if (limits !== undefined) checkMembers(`${where}.perActivity.${name}`, limits, limitChecks);
  }
}

/** The settings of a run: the product's, those of `config.activities`, then the run's own. @throws DefinitionError */
export function activitySettingsOf(
  config: ActivityChanges | undefined,
  own: ActivityChanges | undefined,
): ActivitySettings {
  checkActivitySettings('activities', own ?? {});
  const perActivity: ActivitySettings['perActivity'] = {};
  for (const changes of [config?.perActivity, own?.perActivity]) {
    for (const [name, limits] of Object.entries(changes ?? {}) as [ActivityName, Partial<ActivityLimits>][]) {
      perActivity[name] = { ...perActivity[name], ...withoutAbsent(limits) };
    }
  }
  return { ...defaultActivitySettings, ...withoutAbsent(config), ...withoutAbsent(own), perActivity };
}
