import type { Usage } from '../../core/system/run-context';
import type { Price } from './endpoint-options';
import type { Tokens } from './parse-reply';

/** What a reply costs, in US dollars at the model's price; without a price, nothing. */
export function usageOf(
  { promptTokens, completionTokens }: Tokens,
  latencyMs: number,
  price: Price | undefined,
): Usage {
  const usd = price
    ? (promptTokens * price.promptPerMillion + completionTokens * price.completionPerMillion) / 1_000_000
    : 0;
  return { promptTokens, completionTokens, usd, latencyMs: Math.round(latencyMs) };
}
