import type { ProposalValue } from '../../core/search/ranking';
import { mean, sampleVariance } from '../../core/validation/moments';

/** A gain on one input; the standard error of a predicted one (`CalibratedGain`), 0 of a measured one. */
export interface GainOnInput {
  gain: number;
  standardError: number;
}

/**
 * Mean of a proposal's gains, one per input, with its standard error: how gains vary over inputs, and how unsure a reward is of
 * them. Its members err alike on all inputs, so that more inputs make the second part no smaller. Fewer than two gains do
 * not tell how they vary: their error is then 1, as large as that of gains in [-1, 1] can be.
 */
export function gainEstimate(gains: readonly GainOnInput[]): ProposalValue {
  const values = gains.map(({ gain }) => gain);
  if (values.length < 2) return { meanGain: values[0] ?? 0, standardError: 1, inputs: values.length };
  const overInputs = Math.sqrt(sampleVariance(values) / values.length);
  const ofReward = mean(gains.map(({ standardError }) => standardError));
  return { meanGain: mean(values), standardError: Math.hypot(overInputs, ofReward), inputs: values.length };
}
