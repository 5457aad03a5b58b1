import type { Candidate } from './candidate';

/** What an iteration decided, and which components it changed. */
export interface PastUpdate {
  iteration: number;
  accepted: boolean;
  changed: readonly { component: string }[];
}

/**
 * Marks the candidates that were scored before an accepted update of a component that `influences` what an output is worth
 * downstream (downstreamInfluences; paper, section 4.2, why rewards are adapted).
 *
 * @param decisions all before the present iteration.
 */
export function markStale<C extends Candidate>(
  candidates: readonly C[],
  influences: ReadonlySet<string>,
  decisions: readonly PastUpdate[],
): C[] {
  const changed = decisions.filter(
    (decision) => decision.accepted && decision.changed.some(({ component }) => influences.has(component)),
  );
  const newestChange = Math.max(...changed.map(({ iteration }) => iteration));
  return candidates.map((candidate) =>
    candidate.iteration <= newestChange ? { ...candidate, stale: true } : candidate,
  );
}
