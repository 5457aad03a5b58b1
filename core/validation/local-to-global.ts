import { meanInterval } from './score-interval';

/** A prediction of a candidate's gain over the incumbent, and the gain that validation measured; in score. */
export interface PredictedGain {
  predicted: number;
  realised: number;
}

/** How often a local gain was no global one. */
export interface LocalToGlobal {
  /** Candidates that were expected to gain and were validated. */
  candidates: number;
  /** Those of them that did not score better than the incumbent on the same validation examples. */
  failed: number;
  /** Share that failed, with its 95 % interval; null for no candidates. */
  failureRate: { value: number; ci95: [number, number] } | null;
  /** Mean of predicted less realised gain: positive where rewards promise too much. Null for no candidates. */
  meanExcess: number | null;
}

/** The local-to-global failure rate over candidates that a Local Reward Function expected to gain. */
export function localToGlobal(gains: readonly PredictedGain[]): LocalToGlobal {
  const hoped = gains.filter(({ predicted }) => predicted > 0);
  if (hoped.length === 0) return { candidates: 0, failed: 0, failureRate: null, meanExcess: null };
  const failures = hoped.map(({ realised }) => (realised > 0 ? 0 : 1));
  const { mean, ci95 } = meanInterval(failures);
  const excess = hoped.reduce((sum, { predicted, realised }) => sum + predicted - realised, 0) / hoped.length;
  return {
    candidates: hoped.length,
    failed: failures.filter((failure) => failure === 1).length,
    failureRate: { value: mean, ci95 },
    meanExcess: excess,
  };
}
