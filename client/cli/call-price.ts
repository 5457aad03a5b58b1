import type { EndpointOptions, Price } from '../../providers/language-models';
import type { Stores } from '../../storage';
import type { CallPrice } from './estimate';

/** Assumed for a call where this database has none of the system's yet. */
const assumed = { promptTokens: 600, completionTokens: 100, latencyMs: 1_500 };
const enoughCalls = 20;

export interface KnownCalls extends CallPrice {
  /** Model calls in one call of a component, by its name, where they are known. */
  callsOf: Readonly<Record<string, number>>;
  /** Where these figures come from, in words. */
  from: string;
}

/** What the model calls of a system take: as in its latest run in this database, else an assumption. */
export async function callPrice(
  stores: Stores,
  system: string,
  endpoints: Readonly<Record<string, EndpointOptions>>,
): Promise<KnownCalls> {
  const [latest] = (await stores.runs.list({ system })).sort((a, b) => b.createdAt - a.createdAt);
  const prices = pricesOf(endpoints);
  if (latest !== undefined) {
    const spent = await stores.spend.totals(latest.runId, 'chat');
    if (spent.calls >= enoughCalls) {
      const each = (total: number): number => total / spent.calls;
      const tokens = { promptTokens: each(spent.promptTokens), completionTokens: each(spent.completionTokens) };
      return {
        tokens: tokens.promptTokens + tokens.completionTokens,
        usd: dearest(prices, tokens),
        latencyMs: each(spent.latencyMs),
        callsOf: await callsByComponent(stores, latest.runId),
        from: `calls as in run ${latest.runId}`,
      };
    }
  }
  return {
    tokens: assumed.promptTokens + assumed.completionTokens,
    usd: dearest(prices, assumed),
    latencyMs: assumed.latencyMs,
    callsOf: {},
    from: `assuming ${assumed.promptTokens} + ${assumed.completionTokens} tokens and ${assumed.latencyMs / 1_000} s a call`,
  };
}

/** Whether calls may cost money, also where none is foreseen: a metric may make some, and a component declared deterministic. */
export function hasPrice(endpoints: Readonly<Record<string, EndpointOptions>>): boolean {
  return dearest(pricesOf(endpoints), { promptTokens: 1, completionTokens: 1 }) > 0;
}

function pricesOf(endpoints: Readonly<Record<string, EndpointOptions>>): Price[] {
  return Object.values(endpoints).flatMap(({ models }) => Object.values(models).flatMap(({ price }) => price ?? []));
}

/** Model calls per component call that was really made, of components with enough of those. */
async function callsByComponent(stores: Stores, runId: string): Promise<Record<string, number>> {
  const lines = await stores.spend.breakdown(runId);
  const components = lines.filter(({ kind, entries }) => kind === 'component' && entries >= enoughCalls);
  return Object.fromEntries(
    components.map(({ role, entries }) => {
      const chats = lines.filter((line) => line.kind === 'chat' && line.role === role);
      return [role, chats.reduce((sum, { calls }) => sum + calls, 0) / entries];
    }),
  );
}

/** US dollars for one call of the dearest model. */
function dearest(prices: readonly Price[], tokens: { promptTokens: number; completionTokens: number }): number {
  const costs = prices.map(
    ({ promptPerMillion, completionPerMillion }) =>
      (tokens.promptTokens * promptPerMillion + tokens.completionTokens * completionPerMillion) / 1e6,
  );
  return Math.max(0, ...costs);
}
