import { combineProposals } from '../../core/search/combine-proposals';
import { distinctProposals, type Incumbent } from '../../core/search/proposal';
import type { ProposalsReference, ProposeInput } from '../contracts';
import type { ActivityDependencies } from '../dependencies';
import { inActivity } from '../in-activity';
import { componentOf, openRun } from '../open-run';
import { incumbentTraces } from './incumbent-traces';
import { judgedProposals } from './judged-proposals';
import { oproProposals } from './opro';
import { proposalPool } from './proposal-pool';
import { proposeJointly } from './propose-joint';
import { rankJudged } from './rank-judged';
import { settingObservations } from './setting-observations';
import { storeProposals } from './stored-proposals';

/**
 * Proposes settings for the component: first changes of one variable (hyperparameters jointly) by the optimizer that suits
 * each, then, given how those ranked, combinations of the best. With a partner: joint moves of both (`proposeJointly`).
 */
export function propose(dependencies: ActivityDependencies, input: ProposeInput): Promise<ProposalsReference> {
  return inActivity(async ({ signal }) => {
    const { stores } = dependencies;
    const run = await openRun(dependencies, input.runId);
    const component = componentOf(run, input.component);
    const configuration = await stores.configurations.get(input.configurationHash);
    const { partner } = input;
    if (partner !== undefined) return proposeJointly(dependencies, run, { ...input, partner }, configuration);
    const incumbent: Incumbent = {
      variables: component.configuration,
      settings: configuration[component.name] ?? {},
    };
    const place = { incumbent: configuration, component: component.name };
    if (input.ranked !== undefined) {
      const judged = [...(await judgedProposals(stores, place, [input.ranked])).values()];
      const ranked = rankJudged(incumbent.settings, judged);
      return storeProposals(stores, place, combineProposals({ incumbent, ranked }));
    }
    const traces = await incumbentTraces(dependencies, input);
    const pool = proposalPool(run, {
      component,
      iteration: input.iteration,
      incumbent: configuration,
      traces,
      purpose: 'proposals',
      candidates: await stores.candidates.list(input.runId, {
        component: input.component,
        iterations: [input.iteration, input.iteration],
      }),
      observations: await settingObservations(dependencies, input),
    });
    const written = await oproProposals(dependencies, run, { input, component, incumbent, traces, signal });
    return storeProposals(
      stores,
      place,
      distinctProposals(incumbent, [...written, ...pool]).slice(0, run.plan.proposals),
    );
  });
}
