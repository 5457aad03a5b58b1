import type { Wiring } from './wiring';

/** Two components that one move may change together, the one that is earlier in the graph's order first. */
export interface ComponentPair {
  component: string;
  partner: string;
}

/**
 * The pairs of these components whose settings can act on each other through the graph: one descends from the other, or both have a
 * descendant in common. Others only meet in the metric.
 */
export function jointPairs(
  { order, descendants }: Pick<Wiring, 'order' | 'descendants'>,
  components: readonly string[],
): ComponentPair[] {
  const known = new Set(components);
  const ordered = order.filter((name) => known.has(name));
  const reached = (name: string): Set<string> => new Set([name, ...(descendants[name] ?? [])]);
  return ordered.flatMap((component, index) =>
    ordered
      .slice(index + 1)
      .filter((partner) => [...reached(component)].some((name) => reached(partner).has(name)))
      .map((partner) => ({ component, partner })),
  );
}
