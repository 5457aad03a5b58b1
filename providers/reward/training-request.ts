import type { FeatureSpec } from '../../core/reward/feature-spec';
import type { Standardisation } from '../../core/reward/standardisation';
import type { HeadChoice } from './head';

/** One fit or adaptation, as the training thread gets it: plain data, so that it crosses the thread boundary as it is. */
export interface TrainingRequest {
  spec: FeatureSpec;
  /** Raw features of distinct candidates, `[rows, spec.dimension]`. */
  features: Float32Array;
  /** The fold that each candidate's input is held out with, `[rows]`. */
  rowFolds: Int32Array;
  pairs: {
    /** Rows of `features`. */
    preferred: Int32Array;
    rejected: Int32Array;
    weights: Float32Array;
    /** The pair's input, 0..groupCount-1. */
    groups: Int32Array;
  };
  /** The fold of each input, `[groupCount]`; every fold below `foldCount` has an input with pairs. */
  groupFolds: Int32Array;
  foldCount: number;
  seed: number;
  /** To fit from nothing, or to adapt members. */
  task:
    { type: 'fit'; settings: TrainingSettings } | { type: 'adapt'; members: Member[]; settings: AdaptationSettings };
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
}

export interface AdaptationSettings {
  /** AdamW steps on each batch. */
  stepsPerBatch: number;
  /** Ways to go, each a list of batches of pairs by index; a member leaves out those of its own fold. */
  plans: number[][][];
  /** Pairs whose loss out of sample decides which way to go and how far. */
  judged: number[];
}

/** One of the heads whose mean is the reward; it never sees the inputs of its own fold. */
export interface Member {
  fold: number;
  head: HeadChoice;
  standardisation: Standardisation;
  /** Parameters and AdamW moments, each a vector in the order of `headParameters`. */
  parameters: Float32Array;
  firstMoment: Float32Array;
  secondMoment: Float32Array;
  /** AdamW steps taken so far. */
  steps: number;
}

export interface TrainingResult {
  /** The `.onnx` file. */
  artefact: Uint8Array;
  members: Member[];
  /** The reward of each candidate by the member that never saw its input, `[rows]`. */
  heldOut: Float32Array;
  /** Of an adaptation: the same by the members that it started from, and which plan was followed for how many batches. */
  adaptation?: { heldOutBefore: Float32Array; plan: number; batches: number };
  /** What training cost: multiplications and additions of one weight each, about. */
  operations: number;
}

/** From the parent to the training thread. */
export type TrainingTask = TrainingRequest | 'end';

/** From the training thread to its parent. */
export type TrainingMessage =
  { type: 'progress'; done: number } | { type: 'result'; result: TrainingResult } | { type: 'failure'; error: Error };
