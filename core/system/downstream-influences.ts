import type { Wiring } from './wiring';

/**
 * The components whose settings change what an output of `component` is worth: its graph descendants, whatever these get
 * other inputs from, and what else the system's output is made of. Not the component itself, nor what reaches these through it
 * alone.
 */
export function downstreamInfluences({ sources, outputs, descendants }: Wiring, component: string): Set<string> {
  const found = new Set<string>();
  const judged = Object.values(outputs).flatMap((from) => from.map((source) => source.component));
  const open = [...(descendants[component] ?? []), ...judged];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === component || name === 'input' || found.has(name)) continue;
    found.add(name);
    open.push(...Object.values(sources[name] ?? {}).flatMap((from) => from.map((source) => source.component)));
  }
  return found;
}
