import type { StoredCandidate } from '../storage';
import type { PastDecision } from './decisions-before';

/**
 * Marks the candidates that were scored before an accepted update of a component that `influences` what an output is worth
 * downstream (downstreamInfluences; paper, section 4.2, why rewards are adapted).
 *
 * @param decisions all before the present iteration.
 */
export function markStale(
  candidates: readonly StoredCandidate[],
  influences: ReadonlySet<string>,
  decisions: readonly Pick<PastDecision, 'iteration' | 'accepted' | 'changed'>[],
): StoredCandidate[] {
  const changed = decisions.filter(
    (decision) => decision.accepted && decision.changed.some(({ component }) => influences.has(component)),
  );
  const newestChange = Math.max(...changed.map(({ iteration }) => iteration));
  return candidates.map((candidate) =>
    candidate.iteration <= newestChange ? { ...candidate, stale: true } : candidate,
  );
}
