import { combineProposals } from '../../core/search/combine-proposals';
import { incumbentOf } from '../../core/search/proposal';
import type { ProposalsReference, ProposeInput } from '../contracts';
import type { ActivityDependencies } from '../dependencies';
import { inActivity } from '../in-activity';
import { componentOf, openRun } from '../open-run';
import { judgedProposals } from './judged-proposals';
import { proposeJointly } from './propose-joint';
import { rankJudged } from './rank-judged';
import { runPortfolio } from './run-portfolio';
import { storeProposals } from './stored-proposals';

/**
 * Proposes settings for the component: first those of the portfolio of optimizers, then, given how they ranked, combinations of
 * the best. With a partner: joint moves of both (`proposeJointly`).
 */
export function propose(dependencies: ActivityDependencies, input: ProposeInput): Promise<ProposalsReference> {
  return inActivity(async ({ signal }) => {
    const { stores } = dependencies;
    const run = await openRun(dependencies, input.runId);
    const component = componentOf(run, input.component);
    const configuration = await stores.configurations.get(input.configurationHash);
    const { partner } = input;
    if (partner !== undefined) return proposeJointly(dependencies, run, { ...input, partner }, configuration, signal);
    if (input.ranked === undefined) {
      return runPortfolio(dependencies, run, { input, component, configuration, signal });
    }
    const incumbent = incumbentOf(component, configuration);
    const place = { incumbent: configuration, component: component.name };
    const judged = [...(await judgedProposals(stores, place, [input.ranked])).values()];
    const ranked = rankJudged(incumbent.settings, judged);
    return storeProposals(stores, place, combineProposals({ incumbent, ranked }));
  });
}
