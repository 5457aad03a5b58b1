import type { Cost } from './run-context';
import type { ExampleTrace } from './trace';
import type { Wiring } from './wiring';

/** What one example costs the system, as if no call had come from the memo; the metric's own calls are not the system's. */
export type ExamplePrice = {
  /** US dollars. */
  usd: number;
  /** Latency along the slowest path through the graph: independent components run at the same time. */
  seconds: number;
};

/**
 * The price of an example.
 *
 * @param usages cost of each component's call; a component without one (it was skipped, say) costs nothing.
 */
export function examplePrice(
  usages: Readonly<Record<string, Pick<Cost, 'usd' | 'latencyMs'>>>,
  { order, sources }: Pick<Wiring, 'order' | 'sources'>,
): ExamplePrice {
  const ends: Record<string, number> = {};
  let usd = 0;
  for (const name of order) {
    const usage = usages[name];
    const parents = Object.values(sources[name] ?? {}).flat();
    const starts = Math.max(0, ...parents.map(({ component }) => ends[component] ?? 0));
    ends[name] = starts + (usage?.latencyMs ?? 0);
    usd += usage?.usd ?? 0;
  }
  return { usd, seconds: Math.max(0, ...Object.values(ends)) / 1_000 };
}

/** The cost of every component's call in a trace, by name. */
export function usagesOf({ components }: Pick<ExampleTrace, 'components'>): Record<string, Cost> {
  return Object.fromEntries(Object.entries(components).map(([name, { usage }]) => [name, usage]));
}

/** The price of one component's call alone. */
export function callPrice({ usd, latencyMs }: Pick<Cost, 'usd' | 'latencyMs'>): ExamplePrice {
  return { usd, seconds: latencyMs / 1_000 };
}
