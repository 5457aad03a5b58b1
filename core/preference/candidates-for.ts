import { canonicalJson } from '../system/canonical-json';
import type { JsonObject } from '../system/json';
import type { Candidate } from './candidate';

/** What a component itself gave for these inputs of an example: the ground truth is left out. */
export function candidatesFor<C extends Candidate>(
  candidates: readonly C[],
  { exampleId, inputs }: { exampleId: string; inputs: JsonObject },
): C[] {
  const wanted = canonicalJson(inputs);
  return candidates.filter(
    (item) => item.exampleId === exampleId && item.origin !== 'ground-truth' && canonicalJson(item.inputs) === wanted,
  );
}
