export { fitReward, type FitProgress, type FitRewardOptions, type FitRewardResult } from './fit-reward';
export { openReward } from './open-reward';
export { RewardError } from './reward-error';
export { rewardManifestSchema, type RewardManifest } from './reward-manifest';
export type { RewardItem, RewardModel } from './reward-model';
