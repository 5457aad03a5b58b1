import { DefinitionError } from '../../core/system/definition-error';
import { defaultActivitySettings } from '../../workflows/run-input';
import { activitySettingsOf } from './check-activity-settings';
import { defineConfig } from './define-config';

describe('settings of activities', () => {
  it("are the product's, those of the config, then the run's own, also for one activity", () => {
    expect(activitySettingsOf(undefined, undefined)).toEqual({ ...defaultActivitySettings, perActivity: {} });
    const config = {
      maximumAttempts: 5,
      heartbeatTimeoutMs: 9_000,
      perActivity: { fitReward: { maximumAttempts: 2, startToCloseTimeoutMs: 7 }, evaluate: { maximumAttempts: 3 } },
    };
    const own = { maximumAttempts: 6, perActivity: { fitReward: { maximumAttempts: 1 } } };
    expect(activitySettingsOf(config, own)).toEqual({
      ...defaultActivitySettings,
      maximumAttempts: 6,
      heartbeatTimeoutMs: 9_000,
      perActivity: { fitReward: { maximumAttempts: 1, startToCloseTimeoutMs: 7 }, evaluate: { maximumAttempts: 3 } },
    });
  });

  it.each([
    [{ maximumAttempts: 0 }, 'config: activities.maximumAttempts must be a whole number from 1 to 1000, not 0'],
    [{ heartbeatTimeoutMs: '30s' }, 'config: activities.heartbeatTimeoutMs must be a whole number of milliseconds'],
    [
      { heartbeatTimeout: 30 },
      "config: activities has no setting 'heartbeatTimeout'; did you mean 'heartbeatTimeoutMs'?",
    ],
    [
      { perActivity: { fitRewards: {} } },
      "config: activities.perActivity has no setting 'fitRewards'; did you mean 'fitReward'?",
    ],
    [
      { perActivity: { fitReward: { startToCloseTimeoutMs: -1 } } },
      'config: activities.perActivity.fitReward.startToCloseTimeoutMs must be a whole number of milliseconds',
    ],
    [{ perActivity: { fitReward: { declinedWaitMs: 5 } } }, "perActivity.fitReward has no setting 'declinedWaitMs'"],
    [{ perActivity: [] }, 'config: activities.perActivity must be an object with some of the activities'],
  ])('refuse %j', (activities, message) => {
    const define = () => defineConfig({ systems: () => [], activities } as never);
    expect(define).toThrow(DefinitionError);
    expect(define).toThrow(message);
  });
});
