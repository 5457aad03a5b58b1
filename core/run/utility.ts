import type { ExamplePrice } from '../system/example-price';
import type { RunPlan } from './plan';

/** What money and latency are worth beside the score; 0: nothing. */
export type Objectives = Pick<RunPlan, 'scorePerUsd' | 'scorePerSecond'>;

/** Whether the search is for anything but the score. */
export function hasPriceObjective({ scorePerUsd, scorePerSecond }: Objectives): boolean {
  return scorePerUsd > 0 || scorePerSecond > 0;
}

/** A price in units of score. */
export function priceInScore({ usd, seconds }: ExamplePrice, { scorePerUsd, scorePerSecond }: Objectives): number {
  return scorePerUsd * usd + scorePerSecond * seconds;
}

/**
 * What is maximised: an example's score less what it costs, both in units of score. The paper's objective (section 3) where
 * neither money nor latency counts. Linear, so that its mean over examples is the mean score less the price of the mean cost.
 */
export function utility(score: number, price: ExamplePrice, objectives: Objectives): number {
  return score - priceInScore(price, objectives);
}
