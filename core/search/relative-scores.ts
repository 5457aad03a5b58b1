/** What one iteration found: its incumbent and its best finalist, measured on the same examples. */
export interface MeasuredDecision {
  iteration: number;
  accepted: boolean;
  /** Mean scores of the incumbent and of the finalist; null where nothing was measured. */
  before: number | null;
  after: number | null;
}

/**
 * Scores of earlier finalists on the scale of the incumbent's score, which was measured on other examples: the gains that
 * were measured then, counted back from it through every incumbent since. One per decision with a finalist, oldest first.
 */
export function relativeScores<D extends MeasuredDecision>(
  decisions: readonly D[],
  incumbentScore: number,
): { decision: D; score: number }[] {
  const scores: { decision: D; score: number }[] = [];
  let score = incumbentScore;
  for (const decision of [...decisions].sort((a, b) => b.iteration - a.iteration)) {
    const { accepted, before, after } = decision;
    if (before === null || after === null) continue;
    const gain = after - before;
    if (accepted) score -= gain; // From here on back the incumbent was the one that this finalist beat.
    scores.unshift({ decision, score: score + gain });
  }
  return scores;
}
