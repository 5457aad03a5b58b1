import { randomStream } from '../../core/random/stream';
import { hasPriceObjective } from '../../core/run/utility';
import { checkProposals } from '../../core/search/check-proposals';
import {
  applicableOptimizers,
  type ComponentOptimizer,
  type RejectedProposal,
} from '../../core/search/component-optimizer';
import { fillSlots } from '../../core/search/fill-slots';
import { builtInOptimizers } from '../../core/search/optimizers/built-in';
import type { Proposal } from '../../core/search/proposal';
import { allocateSlots, type SlotAllocation } from '../../core/search/slot-allocation';
import type { Component } from '../../core/system/component';
import type { Configuration } from '../../core/system/configuration';
import type { JsonObject } from '../../core/system/json';
import type { ProposalsReference, ProposeInput } from '../contracts';
import type { ActivityDependencies } from '../dependencies';
import type { OpenRun } from '../open-run';
import { checkOptions } from './check-options';
import { incumbentTraces } from './incumbent-traces';
import { optimizerStream, sharedContext } from './optimizer-context';
import { ownOptimizers } from './own-optimizers';
import { pastProposals } from './past-proposals';
import { proposerModel } from './proposer-model';
import { rewardGains } from './reward-gains';
import { settingObservations } from './setting-observations';
import { slotOutcomes } from './slot-outcomes';
import { storeProposals } from './stored-proposals';

interface PortfolioStep {
  input: ProposeInput;
  component: Component;
  configuration: Configuration;
  signal: AbortSignal;
}

/** What the ledger keeps of how an iteration's proposals came about. */
export interface PortfolioRecord {
  component: string;
  /** Each optimizer's slots, with the tries and the gain per slot that they rest on, and what came of them. */
  shares: (SlotAllocation & { offered: number; taken: number })[];
  rejected: (RejectedProposal & { optimizer: string })[];
  reference: ProposalsReference;
}

/**
 * The first round of an iteration's proposals: the optimizers that apply to the component share `plan.proposals` slots by
 * what has been paying in the run. The shares, what they rest on and what was rejected are recorded; a second attempt answers
 * what the first recorded.
 */
export async function runPortfolio(
  dependencies: ActivityDependencies,
  run: OpenRun,
  step: PortfolioStep,
): Promise<ProposalsReference> {
  const { stores } = dependencies;
  const { input, component, configuration } = step;
  const key = `iteration/${input.iteration}/portfolio/${component.name}`;
  const recorded = async (): Promise<ProposalsReference | undefined> => {
    const entry = await stores.ledger.get(input.runId, key);
    return (entry?.body as unknown as PortfolioRecord | undefined)?.reference;
  };
  const earlier = await recorded();
  if (earlier !== undefined) return earlier;
  const { taken, ...record } = await portfolio(dependencies, run, step);
  const reference = await storeProposals(stores, { incumbent: configuration, component: component.name }, taken);
  const body: PortfolioRecord = { component: component.name, ...record, reference };
  await stores.ledger.append(input.runId, [
    { key, iteration: input.iteration, kind: 'portfolio', body: body as unknown as JsonObject },
  ]);
  return (await recorded()) ?? reference; // An attempt that was thought dead may have recorded another one meanwhile.
}

async function portfolio(
  dependencies: ActivityDependencies,
  run: OpenRun,
  { input, component, configuration, signal }: PortfolioStep,
): Promise<Pick<PortfolioRecord, 'shares' | 'rejected'> & { taken: Proposal[] }> {
  const { stores, proposer } = dependencies;
  const { iteration, runId } = input;
  const { plan } = run;
  const shared = {
    ...sharedContext(run, {
      ...{ component, incumbent: configuration },
      traces: await incumbentTraces(dependencies, input),
      // The newest there are: of an earlier iteration where this one adapts no reward (`needsAdaptation`).
      candidates: plan.rewards ? await stores.candidates.listNewest(runId, component.name, iteration + 1) : [],
    }),
    // In score: where a price counts they say little, and cannot stand beside what earlier tries gained.
    observations: hasPriceObjective(plan) ? [] : await settingObservations(dependencies, input),
    past: await pastProposals(stores, input),
    rewardGains: await rewardGains(dependencies, run, input, signal),
    signal,
  };
  const { incumbent } = shared;
  const named = { ...shared, named: plan.optimizers, proposer: proposer !== undefined };
  const optimizers = applicableOptimizers([...ownOptimizers(run, component, input), ...builtInOptimizers], named);
  const allocations = allocateSlots({
    optimizers: optimizers.map(({ name }) => name),
    slots: plan.proposals,
    outcomes: await slotOutcomes(stores, runId, iteration),
    iteration,
    stream: randomStream(run.seed, 'portfolio', component.name, iteration),
  });
  const slotsOf = new Map(allocations.map(({ optimizer, slots }) => [optimizer, slots]));
  const rejected: PortfolioRecord['rejected'] = [];
  const ask = async (optimizer: ComponentOptimizer, offered: readonly Proposal[]): Promise<Proposal[]> => {
    const { name } = optimizer;
    const made = await optimizer.propose({
      ...shared,
      offered,
      count: slotsOf.get(name) ?? 0,
      stream: optimizerStream(run, { purpose: 'proposals', component: component.name, iteration, optimizer: name }),
      proposer: proposerModel(dependencies, run, { input, optimizer: name, signal }),
      reject: ({ text, reason }) => void rejected.push({ optimizer: name, text, reason }),
    });
    return made.map((proposal) => ({ ...proposal, optimizers: [name] }));
  };
  const offers: Proposal[] = [];
  for (const combining of [false, true]) {
    const asked = optimizers.filter(
      ({ name, combines = false }) => combines === combining && (slotsOf.get(name) ?? 0) > 0,
    );
    const before = [...offers];
    const made = await Promise.all(asked.map((optimizer) => ask(optimizer, before)));
    const checked = checkProposals(made.flat(), checkOptions(run, component, shared));
    for (const { proposal, text, reason } of checked.rejected) {
      rejected.push({ optimizer: proposal.optimizers?.[0] ?? '', text, reason });
    }
    offers.push(...checked.kept.filter(({ elsewhere }) => elsewhere === undefined || input.simultaneous !== true));
  }
  const offersOf = (optimizer: string): Proposal[] => offers.filter(({ optimizers: by }) => by?.includes(optimizer));
  const taken = fillSlots({
    incumbent: incumbent.settings,
    slots: plan.proposals,
    offers: allocations.map(({ optimizer, slots }) => ({ slots, proposals: offersOf(optimizer) })),
  });
  const shares = allocations.map((allocation) => ({
    ...allocation,
    offered: offersOf(allocation.optimizer).length,
    taken: taken.filter(({ optimizers: by }) => by?.includes(allocation.optimizer)).length,
  }));
  // Optimizers run beside each other: in the order in which they are, not in which they end.
  const order = optimizers.map(({ name }) => name);
  return { taken, shares, rejected: rejected.sort((a, b) => order.indexOf(a.optimizer) - order.indexOf(b.optimizer)) };
}
