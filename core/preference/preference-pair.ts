import type { JsonObject } from '../system/json';

/** Two distinct outputs of one component on one input, the first with the higher estimated downstream score. */
export interface PreferencePair {
  /** The group key: pairs of one input never part between training and held-out data. */
  exampleId: string;
  inputs: JsonObject;
  preferred: JsonObject;
  rejected: JsonObject;
  /** Positive; the weights of one input's pairs sum to at most 1. */
  weight: number;
  /** Difference of the mean scores, in the metric's units; positive. */
  gap: number;
  /** The newest iteration that scored one of the two: how old the pair is. */
  iteration: number;
  /** Hash of the incumbent under which its input was reached. */
  configurationHash: string;
  /** One of the two outputs is the ground truth and no model gave it: a reward is trained on such pairs only where there are no others, and never judged by one. */
  groundTruth: boolean;
  /** Scored when components downstream had other settings: a reward is trained on such a pair with less weight, never judged by it. */
  stale: boolean;
}

/** Whether a reward can be judged by the pair: it shows how outputs of models are to be ordered in the system as it is. */
export function judges({ groundTruth, stale }: PreferencePair): boolean {
  return !groundTruth && !stale;
}
