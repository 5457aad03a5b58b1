import type { HeadShape } from '../../../providers/reward/head';

/** What is fitted and scored, as both processes read it (JSON); files hold raw little-endian numbers. */
export interface SpeedTask {
  head: HeadShape;
  /** Features of a candidate. */
  dimension: number;
  steps: number;
  /** Steps of one call to ONNX Runtime: as many as the product takes between two looks at the held-out loss. */
  stepsPerCall: number;
  learningRate: number;
  weightDecay: number;
  adamW: { beta1: number; beta2: number; epsilon: number };
  /** What standardised features are cut to. */
  limits: [number, number];
  files: {
    /** `[rows, dimension]`, float32, standardised: what is fitted on. */
    features: string;
    /** `[pairs]`, int32: rows. */
    preferred: string;
    rejected: string;
    /** `[pairs]`, float32. */
    weights: string;
    /** Float32, all parameters one after another in the order of `headParameters`. */
    initial: string;
    /** `[dimension]`, float32. */
    mean: string;
    scale: string;
    /** `[scored, dimension]`, float32, as built from texts and embeddings: what is scored. */
    candidates: string;
    /** Written by the process: float32, laid out as `initial`. */
    parameters: string;
    /** Written by the process: `[scored]`, float32. */
    rewards: string;
  };
  /** Which of its ways PyTorch takes. */
  ways?: { fit: string; score: string };
}

/** What a process reports. Seconds are of the second time: the first is warm-up. */
export interface SpeedMeasurement {
  fitSeconds: number;
  scoreSeconds: number;
  /** Peak resident memory until the end of the fit, and in all; MB (2^20 bytes). */
  fitPeakMb: number;
  peakMb: number;
}
