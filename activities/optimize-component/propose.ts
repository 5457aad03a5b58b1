import { combineProposals } from '../../core/search/combine-proposals';
import { distinctProposals, proposalHash, type Incumbent, type Proposal } from '../../core/search/proposal';
import { rankProposals, type ProposalValue } from '../../core/search/ranking';
import { configurationHash, withComponent } from '../../core/system/configuration';
import type { ProposalsReference, ProposeInput, RankedProposals } from '../contracts';
import type { ActivityDependencies } from '../dependencies';
import { inActivity } from '../in-activity';
import { componentOf, openRun, type OpenRun } from '../open-run';
import { tracesOf, type TracedEvaluation } from '../traces';
import { oproProposals } from './opro';
import { proposalPool } from './proposal-pool';
import { settingObservations } from './setting-observations';
import { loadProposals, storeProposals } from './stored-proposals';

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
    if (input.ranked !== undefined) {
      const ranked = rankProposals({
        incumbent: incumbent.settings,
        ...(await valuesByProposal(dependencies, input, input.ranked)),
      });
      return storeProposals(stores, combineProposals({ incumbent, ranked }));
    }
    const traces = await incumbentTraces(dependencies, run, input);
    const pool = proposalPool(run, {
      component,
      iteration: input.iteration,
      incumbent: configuration,
      traces,
      purpose: 'proposals',
      observations: await settingObservations(dependencies, input),
    });
    const written = await oproProposals(dependencies, run, { input, component, incumbent, traces, signal });
    return storeProposals(stores, distinctProposals(incumbent, [...written, ...pool]).slice(0, run.plan.proposals));
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

async function valuesByProposal(
  { stores }: ActivityDependencies,
  input: ProposeInput,
  { reference, scores }: RankedProposals,
): Promise<{ proposals: Proposal[]; values: Record<string, ProposalValue> }> {
  const proposals = await loadProposals(stores, reference);
  const incumbent = await stores.configurations.get(input.configurationHash);
  const byConfiguration = new Map(scores.map((score) => [score.configurationHash, score]));
  const values: Record<string, ProposalValue> = {};
  for (const proposal of proposals) {
    const score = byConfiguration.get(configurationHash(withComponent(incumbent, input.component, proposal.settings)));
    if (score !== undefined) values[proposalHash(proposal)] = score;
  }
  return { proposals, values };
}
