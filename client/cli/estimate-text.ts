import type { Budget } from '../../core/run/budget';
import { countText, durationText, moneyText } from '../report/figures';
import type { Estimate } from './estimate';
import { limitTexts } from './limit-texts';

/** What a run will take, in words. `unpriced`: models whose prices are not known. */
export function estimateText(
  system: string,
  { calls, tokens, usd, wallClockMs }: Estimate,
  about: { from: string; unpriced: readonly string[]; budget: Budget; encoderModel?: string | undefined },
): string {
  const unknown = `an amount that is not known here (no price: ${about.unpriced.join(', ')})`;
  const money = about.unpriced.length === 0 ? moneyText(usd) : usd > 0 ? `${moneyText(usd)} and ${unknown}` : unknown;
  const limits = limitTexts(about.budget);
  return (
    `estimate for ${system}: about ${countText(calls)} model calls, ${countText(tokens)} tokens, ${money}, ` +
    `${durationText(wallClockMs)} of waiting for models (${about.from}; not counted: calls by metrics, embeddings` +
    `${about.encoderModel === undefined ? '' : `, also those by ${about.encoderModel} for the rewards`}, calls that are tried again; repeated calls come from the memo)` +
    (limits.length === 0 ? '' : `; budget: ${limits.join(', ')}`)
  );
}

/** What limits cannot do. */
export function budgetWarnings({ usd }: Budget, unpriced: readonly string[]): string[] {
  if (usd === undefined || unpriced.length === 0) return [];
  return [
    `warning: the limit of ${moneyText(usd)} (--max-usd) cannot take effect for ${unpriced.join(', ')}: ` +
      "their calls count as free, because no price is known; give one under models in the config's endpoints",
  ];
}
