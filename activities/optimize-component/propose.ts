import { combineProposals } from '../../core/search/combine-proposals';
import { distinctProposals, proposalHash, type Incumbent } from '../../core/search/proposal';
import { rankProposals } from '../../core/search/ranking';
import type { ProposalsReference, ProposeInput } from '../contracts';
import type { ActivityDependencies } from '../dependencies';
import { inActivity } from '../in-activity';
import { componentOf, openRun, type OpenRun } from '../open-run';
import { tracesOf, type TracedEvaluation } from '../traces';
import { judgedProposals } from './judged-proposals';
import { oproProposals } from './opro';
import { proposalPool } from './proposal-pool';
import { settingObservations } from './setting-observations';
import { storeProposals } from './stored-proposals';

/**
 * Proposes settings for the component: first changes of one variable (hyperparameters jointly) by the optimizer that suits
 * each, then, given how those ranked, combinations of the best.
 */
export function propose(dependencies: ActivityDependencies, input: ProposeInput): Promise<ProposalsReference> {
  return inActivity(async ({ signal }) => {
    const { stores } = dependencies;
    const run = await openRun(dependencies, input.runId);
    const component = componentOf(run, input.component);
    const configuration = await stores.configurations.get(input.configurationHash);
    const incumbent: Incumbent = {
      variables: component.configuration,
      settings: configuration[component.name] ?? {},
    };
    const place = { incumbent: configuration, component: component.name };
    if (input.ranked !== undefined) {
      const judged = [...(await judgedProposals(stores, place, [input.ranked])).values()];
      const ranked = rankProposals({
        incumbent: incumbent.settings,
        proposals: judged.map(({ proposal }) => proposal),
        values: Object.fromEntries(
          judged.flatMap(({ proposal, score }) => (score === undefined ? [] : [[proposalHash(proposal), score]])),
        ),
      });
      return storeProposals(stores, place, combineProposals({ incumbent, ranked }));
    }
    const traces = await incumbentTraces(dependencies, run, input);
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

/** Training traces under the incumbent, also from earlier iterations that measured the same configuration. */
async function incumbentTraces(
  { stores }: ActivityDependencies,
  run: OpenRun,
  input: ProposeInput,
): Promise<Map<string, TracedEvaluation>> {
  const { iteration, configurationHash } = input;
  // Of an example that several iterations traced, the newest trace is kept.
  return tracesOf(
    stores,
    await stores.evaluations.listThrough({ runId: run.runId, purpose: 'preference', iteration, configurationHash }),
  );
}
