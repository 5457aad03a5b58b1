import type { ExamplePrice } from '../core/system/example-price';
import { mean } from '../core/validation/moments';
import type { Evaluation, Stores } from '../storage';
import { tracesOf } from './traces';

/**
 * What examples cost the system, by example id, as their measurements recorded it: calls that the memo answered cost what they
 * once did.
 *
 * @throws Error naming an example whose measurement has no price.
 */
export async function examplePrices(
  stores: Stores,
  evaluations: readonly Evaluation[],
): Promise<Map<string, ExamplePrice>> {
  const traces = await tracesOf(stores, evaluations);
  return new Map(
    evaluations.map(({ exampleId }) => {
      const price = traces.get(exampleId)?.trace.price;
      if (price === undefined) throw new Error(`the measurement of example '${exampleId}' has no price`);
      return [exampleId, price];
    }),
  );
}

/** The mean price of some examples. */
export function meanPrice(prices: ReadonlyMap<string, ExamplePrice>): ExamplePrice {
  const all = [...prices.values()];
  return { usd: mean(all.map(({ usd }) => usd)), seconds: mean(all.map(({ seconds }) => seconds)) };
}
