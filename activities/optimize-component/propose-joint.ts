import { bestOfEachPart, crossedProposals, jointProposals, type JointSide } from '../../core/search/joint-proposals';
import { distinctProposals, incumbentOf, proposalHash, type Proposal } from '../../core/search/proposal';
import type { ProposalValue } from '../../core/search/ranking';
import type { Configuration } from '../../core/system/configuration';
import type { Stores } from '../../storage';
import type { ProposalsReference, ProposeInput } from '../contracts';
import type { ActivityDependencies } from '../dependencies';
import { componentOf, type OpenRun } from '../open-run';
import { alternativeSettings } from './alternative-settings';
import { incumbentTraces } from './incumbent-traces';
import { judgedProposals } from './judged-proposals';
import { proposalsRecords } from './proposals-record';
import { rankJudged } from './rank-judged';
import { loadProposals, storeProposals } from './stored-proposals';

/** Share of the plan's proposals that the first round tries; the second crosses the best of them. */
const firstShare = 0.75;

/** A proposal of an earlier iteration; no score where none was measured. */
interface Tried {
  proposal: Proposal;
  score: ProposalValue | undefined;
}

/**
 * Proposes joint moves of two components: in the first round pairs of what is known to be best for each under this incumbent, also where
 * it gains nothing alone, then of what was not tried; in the second the sides of the best pairs in other combinations. No pair is
 * proposed twice under one incumbent.
 */
export async function proposeJointly(
  dependencies: ActivityDependencies,
  run: OpenRun,
  input: ProposeInput & { partner: string },
  configuration: Configuration,
  signal: AbortSignal,
): Promise<ProposalsReference> {
  const { stores } = dependencies;
  const { component, partner } = input;
  const place = { incumbent: configuration, component };
  const { settings } = incumbentOf(componentOf(run, component), configuration);
  const tried = await triedBefore(stores, input, configuration);
  const known = new Set(tried.map(({ proposal }) => proposalHash(proposal)));
  const count = Math.ceil(firstShare * run.plan.proposals);
  if (input.ranked !== undefined) {
    const ranked = rankJudged(settings, [...(await judgedProposals(stores, place, [input.ranked])).values()]);
    const crossed = crossedProposals({ component, partner }, ranked, known, run.plan.proposals - count);
    return storeProposals(stores, place, crossed);
  }
  const sides = [];
  for (const name of [component, partner]) {
    const { partner: _, ...alone } = { ...input, component: name };
    sides.push(await sideOf(dependencies, run, alone, configuration, signal));
  }
  const [first, second] = sides as [JointSide, JointSide];
  return storeProposals(stores, place, jointProposals(first, second, known, count));
}

/** What was tried of a component alone under this incumbent, the best of each part in turn, then what was not tried. */
async function sideOf(
  dependencies: ActivityDependencies,
  run: OpenRun,
  step: ProposeInput,
  configuration: Configuration,
  signal: AbortSignal,
): Promise<JointSide> {
  const { component, iteration } = step;
  const { stores } = dependencies;
  const incumbent = incumbentOf(componentOf(run, component), configuration);
  const best = bestOfEachPart(rankJudged(incumbent.settings, await triedBefore(stores, step, configuration)));
  const fresh = await alternativeSettings(run, {
    component: componentOf(run, component),
    iteration,
    incumbent: configuration,
    traces: await incumbentTraces(dependencies, step),
    purpose: 'proposals',
    signal,
  });
  const alone = fresh.filter(({ elsewhere }) => elsewhere === undefined);
  return { component, proposals: distinctProposals(incumbent, [...best, ...alone]) };
}

/** What earlier iterations that changed the same component, or the same pair, proposed under this incumbent. */
async function triedBefore(
  stores: Stores,
  { runId, component, partner, iteration, configurationHash }: ProposeInput,
  configuration: Configuration,
): Promise<Tried[]> {
  const tried: Tried[] = [];
  for (const record of await proposalsRecords(stores, runId, { before: iteration })) {
    if (record.incumbent !== configurationHash || record.component !== component || record.partner !== partner)
      continue;
    const proposals = await loadProposals(stores, { incumbent: configuration, component }, record.blobs);
    for (const { configurationHash: hash, expectedGain, measuredGain } of record.proposals) {
      const proposal = proposals.get(hash);
      const meanGain = measuredGain ?? expectedGain;
      if (proposal === undefined) continue;
      tried.push({ proposal, score: meanGain === null ? undefined : { meanGain, standardError: 0, inputs: 0 } });
    }
  }
  return tried;
}
