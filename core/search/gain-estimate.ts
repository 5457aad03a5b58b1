import type { ProposalValue } from './ranking';
import { mean, sampleVariance } from '../validation/moments';

/**
 * Mean of a proposal's gains, one per input, with its standard error. Fewer than two gains do not tell how they vary: their
 * error is then 1, as large as that of gains in [-1, 1] can be.
 */
export function gainEstimate(gains: readonly number[]): ProposalValue {
  return {
    meanGain: gains.length === 0 ? 0 : mean(gains),
    standardError: gains.length < 2 ? 1 : Math.sqrt(sampleVariance(gains) / gains.length),
    inputs: gains.length,
  };
}
