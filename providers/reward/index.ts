export { adaptReward, type AdaptRewardOptions, type AdaptRewardResult } from './adapt-reward';
export { fitReward, type FitRewardResult, type FittedReward } from './fit-reward';
export { openReward } from './open-reward';
export { RewardError } from './reward-error';
export { rewardManifestSchema, type RewardManifest } from './reward-manifest';
export type { CalibratedGain, GainItem, RewardItem, RewardModel } from './reward-model';
export type { FitProgress, RewardData, TrainingOptions } from './train-reward';
export { rewardTrainingVersion } from './training-settings';
