import { canonicalJson } from '../system/canonical-json';
import type { Candidate } from './candidate';

/**
 * Candidates that share example, inputs and staleness: upstream changes may give one example several inputs. In an order that
 * does not depend on that of `candidates`.
 */
export function groupByInputs(candidates: readonly Candidate[]): Candidate[][] {
  const groups = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const key = canonicalJson([candidate.exampleId, candidate.inputs, candidate.stale ?? false]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [candidate]);
    else group.push(candidate);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}
