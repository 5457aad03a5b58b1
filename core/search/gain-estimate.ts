import type { ProposalValue } from './ranking';
import { mean, sampleVariance } from '../validation/moments';

/**
 * Mean of a proposal's gains, one per input, with its standard error: how gains vary over inputs, and how unsure a reward is of
 * them. Its members err alike on all inputs, so that more inputs make the second part no smaller. Fewer than two gains do
 * not tell how they vary: their error is then 1, as large as that of gains in [-1, 1] can be.
 *
 * @param errors standard errors of predicted gains (`CalibratedGain`), in the order of `gains`; 0 of measured ones.
 */
export function gainEstimate(gains: readonly number[], errors: readonly number[] = gains.map(() => 0)): ProposalValue {
  if (gains.length < 2) return { meanGain: gains[0] ?? 0, standardError: 1, inputs: gains.length };
  const overInputs = Math.sqrt(sampleVariance(gains) / gains.length);
  return { meanGain: mean(gains), standardError: Math.hypot(overInputs, mean(errors)), inputs: gains.length };
}
