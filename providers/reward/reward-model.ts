import type { JsonObject } from '../../core/system/json';

/** What a reward judges: one component's inputs and an output for them. */
export interface RewardItem {
  inputs: JsonObject;
  outputs: JsonObject;
}

/** An opened Local Reward Function `r_k(x_k, y_k)` (paper, section 3). */
export interface RewardModel {
  readonly version: string;
  /**
   * One raw reward per item, in order. Comparable between outputs for the same inputs only;
   * a difference times the manifest's `gainPerReward` estimates the gain in the metric's units.
   */
  score(items: readonly RewardItem[], signal?: AbortSignal): Promise<number[]>;
  close(): Promise<void>;
}
