import { rankDistinct } from '../../core/search/rank-distinct';
import type { ProposalsReference, ShortlistInput } from '../contracts';
import type { ActivityDependencies } from '../dependencies';
import { inActivity } from '../in-activity';
import { openRun } from '../open-run';
import { judgedProposals } from './judged-proposals';
import { storeProposals } from './stored-proposals';

/**
 * The best few proposals of all rounds, for the global metric to judge on more inputs (successive halving, Jamieson and
 * Talwalkar 2016). Also those that are expected to lose: few inputs and a reward may be wrong about either. Of proposals
 * with the same outputs only one counts.
 */
export function shortlistProposals(
  dependencies: ActivityDependencies,
  input: ShortlistInput,
): Promise<ProposalsReference> {
  return inActivity(async () => {
    const { stores } = dependencies;
    const { plan } = await openRun(dependencies, input.runId);
    const judged = await judgedProposals(stores, input, input.rounds);
    const { distinct } = rankDistinct(
      [...judged.values()].flatMap(({ proposal, score }) =>
        score === undefined ? [] : { ...score, changes: proposal.changed.length, proposal },
      ),
    );
    return storeProposals(
      stores,
      distinct.slice(0, plan.shortlist).map(({ proposal }) => proposal),
    );
  });
}
