import { combineProposals } from '../../core/search/combine-proposals';
import { proposalHash, type Incumbent } from '../../core/search/proposal';
import { rankProposals } from '../../core/search/ranking';
import type { ProposalsReference, ProposeInput } from '../contracts';
import type { ActivityDependencies } from '../dependencies';
import { inActivity } from '../in-activity';
import { componentOf, openRun } from '../open-run';
import { judgedProposals } from './judged-proposals';
import { runPortfolio } from './run-portfolio';
import { storeProposals } from './stored-proposals';

/**
 * Proposes settings for the component: first those of the portfolio of optimizers, then, given how they ranked, combinations of
 * the best.
 */
export function propose(dependencies: ActivityDependencies, input: ProposeInput): Promise<ProposalsReference> {
  return inActivity(async ({ signal }) => {
    const { stores } = dependencies;
    const run = await openRun(dependencies, input.runId);
    const component = componentOf(run, input.component);
    const configuration = await stores.configurations.get(input.configurationHash);
    if (input.ranked === undefined) {
      return runPortfolio(dependencies, run, { input, component, configuration, signal });
    }
    const incumbent: Incumbent = {
      variables: component.configuration,
      settings: configuration[component.name] ?? {},
    };
    const place = { incumbent: configuration, component: component.name };
    const judged = [...(await judgedProposals(stores, place, [input.ranked])).values()];
    const ranked = rankProposals({
      incumbent: incumbent.settings,
      proposals: judged.map(({ proposal }) => proposal),
      values: Object.fromEntries(
        judged.flatMap(({ proposal, score }) => (score === undefined ? [] : [[proposalHash(proposal), score]])),
      ),
    });
    return storeProposals(stores, place, combineProposals({ incumbent, ranked }));
  });
}
