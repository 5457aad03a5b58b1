import { joinedProposal, type PlacedProposal } from './joined-proposal';
import type { Proposal } from './proposal';
import { rankDistinct, type JudgedProposal } from './rank-distinct';
import type { ProposalValue } from './ranking';

/** A component's local step in a simultaneous one: what was proposed, and what it is expected to gain. */
export interface LocalPart<Score extends JudgedProposal & ProposalValue = JudgedProposal & ProposalValue> {
  component: string;
  judged: readonly { proposal: Proposal; score: Score | undefined }[];
}

/** The simultaneous step, and what its parts are expected to gain together. */
export interface SimultaneousProposal<Score> {
  /** The component whose proposal it is: the first that it changes. */
  component: string;
  proposal: Proposal;
  expected: ProposalValue;
  /** The best proposals that it puts together: of every component that it changes. */
  parts: (PlacedProposal & { score: Score })[];
}

/**
 * One proposal that changes every component to the best of its own local step, where that is expected to gain anything, so that one
 * validation stands for as many as there are components. Each local gain is a global one with the other components as they are
 * (paper, local-global alignment); expected is their sum, and what the changes do to each other is for validation to show.
 * Proposals that change other components as well belong to no single one and are left out.
 *
 * @param parts in the order of the graph.
 * @returns undefined where nothing is expected to gain.
 */
export function simultaneousProposal<Score extends JudgedProposal & ProposalValue>(
  parts: readonly LocalPart<Score>[],
): SimultaneousProposal<Score> | undefined {
  const best = parts.flatMap(({ component, judged }): (PlacedProposal & { score: Score })[] => {
    const own = judged.flatMap(({ proposal, score }) =>
      score === undefined || proposal.elsewhere !== undefined ? [] : [{ ...score, proposal }],
    );
    const [leader] = rankDistinct(own).distinct;
    return leader !== undefined && leader.meanGain > 0 ? [{ component, proposal: leader.proposal, score: leader }] : [];
  });
  const [first, ...rest] = best;
  if (first === undefined) return undefined;
  const optimizers = [...new Set(best.flatMap(({ proposal }) => proposal.optimizers ?? []))];
  return {
    component: first.component,
    proposal: { ...joinedProposal([first, ...rest], 'simultaneous'), ...(optimizers.length > 0 && { optimizers }) },
    expected: {
      meanGain: best.reduce((sum, { score }) => sum + score.meanGain, 0),
      // Components are judged on the same inputs, but each with the others as they were.
      standardError: Math.hypot(...best.map(({ score }) => score.standardError)),
      inputs: Math.min(...best.map(({ score }) => score.inputs)),
    },
    parts: best,
  };
}
