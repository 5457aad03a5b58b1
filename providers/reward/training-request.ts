import type { FeatureSpec } from '../../core/reward/feature-spec';
import type { HeadChoice } from './head';

/** One fit, as the training thread gets it: plain data, so that it crosses the thread boundary as it is. */
export interface TrainingRequest {
  spec: FeatureSpec;
  /** Raw features of distinct candidates, `[rows, spec.dimension]`. */
  features: Float32Array;
  pairs: {
    /** Rows of `features`. */
    preferred: Int32Array;
    rejected: Int32Array;
    weights: Float32Array;
    /** The pair's input, 0..groupCount-1. */
    groups: Int32Array;
  };
  groupCount: number;
  seed: number;
  settings: TrainingSettings;
  /** Shared with the parent, which sets it to 1: training then ends before its next call of ONNX Runtime. */
  stop?: Int32Array;
}

export interface TrainingSettings {
  /** From simple to complex: the first of equals is chosen. */
  heads: HeadChoice[];
  maxSteps: number;
  /** Steps between looks at the held-out loss. */
  lookEvery: number;
  /** Looks without a better loss before training stops. */
  patience: number;
  folds: number;
}

/** A pair as a head scored it that saw no pair of its input. */
export interface HeldOutPair {
  pair: number;
  preferredReward: number;
  rejectedReward: number;
}

export interface TrainingResult {
  artefact: Uint8Array;
  head: HeadChoice;
  steps: number;
  heldOut: HeldOutPair[];
}

/** From the parent to the training thread. */
export type TrainingTask = TrainingRequest | 'end';

/** From the training thread to its parent. */
export type TrainingMessage =
  { type: 'progress'; done: number } | { type: 'result'; result: TrainingResult } | { type: 'failure'; error: Error };
