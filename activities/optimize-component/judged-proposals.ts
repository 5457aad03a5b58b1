import type { Proposal } from '../../core/search/proposal';
import type { Stores } from '../../storage';
import type { JudgedRound, ProposalScore } from '../contracts';
import { loadProposals, type ProposalPlace } from './stored-proposals';

/** A proposal with what was measured of it; absent: nothing was. */
export interface MeasuredProposal {
  proposal: Proposal;
  score: ProposalScore | undefined;
}

/** All proposals of some rounds, by the hash of the whole configuration with the proposal in place. */
export async function judgedProposals(
  stores: Stores,
  place: ProposalPlace,
  rounds: readonly JudgedRound[],
): Promise<Map<string, MeasuredProposal>> {
  const scores = new Map(rounds.flatMap((round) => round.scores.map((score) => [score.configurationHash, score])));
  const proposals = await loadProposals(
    stores,
    place,
    rounds.map(({ reference }) => reference.sha256),
  );
  return new Map([...proposals].map(([hash, proposal]) => [hash, { proposal, score: scores.get(hash) }]));
}
