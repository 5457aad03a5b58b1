import type { Proposal } from '../../core/search/proposal';
import { configurationHash, withComponent } from '../../core/system/configuration';
import type { Stores } from '../../storage';
import type { LocalStep, ProposalScore, RankedProposals } from '../contracts';
import { loadProposals } from './stored-proposals';

/** A proposal with what was measured of it; absent: nothing was. */
export interface MeasuredProposal {
  proposal: Proposal;
  score: ProposalScore | undefined;
}

/** All proposals of some rounds but the incumbent, by the hash of the whole configuration with the proposal in place. */
export async function judgedProposals(
  stores: Stores,
  { component, configurationHash: incumbentHash }: LocalStep,
  rounds: readonly RankedProposals[],
): Promise<Map<string, MeasuredProposal>> {
  const incumbent = await stores.configurations.get(incumbentHash);
  const scores = new Map(rounds.flatMap((round) => round.scores.map((score) => [score.configurationHash, score])));
  const judged = new Map<string, MeasuredProposal>();
  for (const { reference } of rounds) {
    for (const proposal of await loadProposals(stores, reference)) {
      const hash = configurationHash(withComponent(incumbent, component, proposal.settings));
      if (hash !== incumbentHash) judged.set(hash, { proposal, score: scores.get(hash) });
    }
  }
  return judged;
}
