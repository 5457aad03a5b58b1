import type { JsonObject } from '../../core/system/json';

/** What a reward judges: one component's inputs and an output for them. */
export interface RewardItem {
  inputs: JsonObject;
  outputs: JsonObject;
}

/** Two outputs for the same inputs. */
export interface GainItem {
  inputs: JsonObject;
  incumbent: JsonObject;
  candidate: JsonObject;
}

/** An expected gain in the metric's units. */
export interface CalibratedGain {
  gain: number;
  /** How far the members disagree: the standard error of their mean. What rollouts of one input add is the calibration's `error`. */
  standardError: number;
}

/** An opened Local Reward Function `r_k(x_k, y_k)` (paper, section 3). */
export interface RewardModel {
  readonly version: string;
  /** One raw reward per item, in order: the members' mean. Comparable between outputs for the same inputs only. */
  score(items: readonly RewardItem[], signal?: AbortSignal): Promise<number[]>;
  /**
   * `E[R(y) - R(y_incumbent)]` per item, in order, by the manifest's calibration; 0 for two equal outputs.
   */
  gains(items: readonly GainItem[], signal?: AbortSignal): Promise<CalibratedGain[]>;
  close(): Promise<void>;
}
