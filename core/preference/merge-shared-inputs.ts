import { contentHash } from '../system/canonical-json';
import type { JsonObject } from '../system/json';

interface OfInput {
  exampleId: string;
  inputs: JsonObject;
}

/**
 * Gives examples that share a component's inputs one id: what is learned from the one is known of the other, so that they are
 * held out, counted and resampled together. The id is the smallest one, of those that are known where some are.
 *
 * @param isKnown ids that were used before.
 */
export function mergeSharedInputs<P extends OfInput, C extends OfInput>(
  data: { pairs: readonly P[]; comparisons: readonly C[] },
  isKnown: (exampleId: string) => boolean = () => false,
): { pairs: P[]; comparisons: C[] } {
  const parents = new Map<string, string>();
  const rootOf = (node: string): string => {
    let root = node;
    for (let parent = parents.get(root); parent !== undefined; parent = parents.get(root)) root = parent;
    return root;
  };
  // Examples and inputs are the nodes, each item an edge: what hangs together is one group.
  const hashes = new Map<JsonObject, string>();
  const all: OfInput[] = [...data.pairs, ...data.comparisons];
  for (const { exampleId, inputs } of all) {
    const hash = hashes.get(inputs) ?? contentHash(inputs);
    hashes.set(inputs, hash);
    const [example, input] = [rootOf(`example ${exampleId}`), rootOf(`inputs ${hash}`)];
    if (example !== input) parents.set(input, example);
  }
  const names = new Map<string, string>();
  for (const id of [...new Set(all.map(({ exampleId }) => exampleId))].sort()) {
    const root = rootOf(`example ${id}`);
    const name = names.get(root);
    if (name === undefined || (isKnown(id) && !isKnown(name))) names.set(root, id);
  }
  const merged = <T extends OfInput>(item: T): T => ({
    ...item,
    exampleId: names.get(rootOf(`example ${item.exampleId}`)) as string,
  });
  return { pairs: data.pairs.map(merged), comparisons: data.comparisons.map(merged) };
}
