import { proposalHash, type Proposal } from '../../core/search/proposal';
import { rankProposals, type ProposalValue, type RankedCandidate } from '../../core/search/ranking';
import type { ComponentConfiguration } from '../../core/system/configuration';

/** The incumbent's settings of a component and proposals for it, from best to worst; those without a score last. */
export function rankJudged(
  incumbent: ComponentConfiguration,
  judged: readonly { proposal: Proposal; score: ProposalValue | undefined }[],
): RankedCandidate[] {
  return rankProposals({
    incumbent,
    proposals: judged.map(({ proposal }) => proposal),
    values: Object.fromEntries(
      judged.flatMap(({ proposal, score }) => (score === undefined ? [] : [[proposalHash(proposal), score]])),
    ),
  });
}
