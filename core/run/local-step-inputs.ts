import type { RunPlan } from './plan';

/** Share of the training split on which proposals are judged; rewards are fitted on the rest. */
const rankingShare = 0.25;

/** How many of `train` training examples proposals are judged on. */
export function rankingExamples(train: number): number {
  return Math.max(1, Math.round(train * rankingShare));
}

/** Inputs on which a simultaneous step ranks proposals, of those that a single step ranks them on: each component costs so much less. */
export function simultaneousInputs(ranked: number): number {
  return Math.ceil(ranked / 2);
}

/** Inputs of an iteration's local step, of the `ranking` examples that there are: all proposals are ranked on some, the shortlist is judged on all that are traced. */
export function localStepInputs(
  { rankingInputs, shortlistInputs }: RunPlan,
  ranking: number,
): { ranked: number; traced: number } {
  return {
    ranked: Math.min(ranking, rankingInputs),
    traced: Math.min(ranking, Math.max(rankingInputs, shortlistInputs)),
  };
}
