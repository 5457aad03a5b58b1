import {
  applicableOptimizers,
  type ComponentOptimizer,
  type OptimizerContext,
  type RejectedProposal,
} from '../../core/search/component-optimizer';
import { fillSlots } from '../../core/search/fill-slots';
import { builtInOptimizers } from '../../core/search/optimizers/built-in';
import { allocateSlots } from '../../core/search/slot-allocation';
import { distinctProposals, type Proposal } from '../../core/search/proposal';
import { randomStream } from '../../core/random/stream';
import type { Component } from '../../core/system/component';
import type { Configuration } from '../../core/system/configuration';
import type { ProposalsReference, ProposeInput } from '../contracts';
import type { ActivityDependencies } from '../dependencies';
import type { OpenRun } from '../open-run';
import { tracesOf, type TracedEvaluation } from '../traces';
import { optimizerStream, sharedContext } from './optimizer-context';
import { ownOptimizers } from './own-optimizers';
import { pastProposals } from './past-proposals';
import { proposerModel } from './proposer-model';
import { settingObservations } from './setting-observations';
import { slotOutcomes } from './slot-outcomes';
import { storeProposals } from './stored-proposals';

/**
 * The first round of an iteration's proposals: the optimizers that apply to the component share `plan.proposals` slots by
 * what has been paying in the run. The shares, what they rest on and what was rejected are recorded; a second attempt answers
 * what the first recorded.
 */
export async function runPortfolio(
  dependencies: ActivityDependencies,
  run: OpenRun,
  step: { input: ProposeInput; component: Component; configuration: Configuration; signal: AbortSignal },
): Promise<ProposalsReference> {
  const { stores, proposer } = dependencies;
  const { input, component, configuration, signal } = step;
  const { iteration } = input;
  const shared = sharedContext(run, {
    component,
    incumbent: configuration,
    traces: await incumbentTraces(dependencies, input),
    candidates: await stores.candidates.list(input.runId, {
      component: input.component,
      iterations: [iteration, iteration],
    }),
  });
  const { incumbent } = shared;
  const optimizers = applicableOptimizers([...ownOptimizers(run, component, input), ...builtInOptimizers], {
    incumbent,
    named: run.plan.optimizers,
    proposer: proposer !== undefined,
  });
  const allocations = allocateSlots({
    optimizers: optimizers.map(({ name }) => name),
    slots: run.plan.proposals,
    outcomes: await slotOutcomes(stores, input.runId, iteration),
    iteration,
    stream: randomStream(run.seed, 'portfolio', component.name, iteration),
  });
  const common = {
    ...shared,
    observations: await settingObservations(dependencies, input),
    past: await pastProposals(stores, input),
    rewardGains: undefined,
    signal,
  };
  const rejected: (RejectedProposal & { optimizer: string })[] = [];
  const offer = async (optimizer: ComponentOptimizer, offered: readonly Proposal[]): Promise<readonly Proposal[]> => {
    const { name } = optimizer;
    const count = allocations.find((item) => item.optimizer === name)?.slots ?? 0;
    if (count === 0) return [];
    const context: OptimizerContext = {
      ...common,
      offered,
      count,
      stream: optimizerStream(run, {
        ...{ purpose: 'proposals', component: component.name, iteration },
        optimizer: name,
      }),
      proposer: proposerModel(dependencies, run, { input, optimizer: name, signal }),
      reject: (item) => void rejected.push({ optimizer: name, ...item }),
    };
    return distinctProposals(incumbent, await optimizer.propose(context));
  };
  const offers = new Map<string, readonly Proposal[]>();
  for (const combining of [false, true]) {
    const before = [...offers.values()].flat();
    const now = optimizers.filter(({ combines = false }) => combines === combining);
    const made = await Promise.all(now.map((optimizer) => offer(optimizer, before)));
    now.forEach(({ name }, index) => offers.set(name, made[index] as readonly Proposal[]));
  }
  const taken = fillSlots({
    incumbent: incumbent.settings,
    slots: run.plan.proposals,
    offers: allocations.map(({ optimizer, slots }) => ({
      ...{ optimizer, slots },
      proposals: offers.get(optimizer) ?? [],
    })),
  });
  const place = { incumbent: configuration, component: component.name };
  const reference = await storeProposals(stores, place, taken);
  const key = `iteration/${iteration}/portfolio`;
  await stores.ledger.append(input.runId, [
    {
      key,
      iteration,
      kind: 'portfolio',
      body: {
        component: component.name,
        shares: allocations.map((allocation) => ({
          ...allocation,
          offered: offers.get(allocation.optimizer)?.length ?? 0,
          taken: taken.filter(({ optimizers: by }) => by?.includes(allocation.optimizer)).length,
        })),
        rejected: rejected.map((item) => ({ ...item })),
        reference: { ...reference },
      },
    },
  ]);
  const recorded = (await stores.ledger.get(input.runId, key))?.body as unknown as { reference: ProposalsReference };
  return recorded.reference;
}

/** Training traces under the incumbent, also from earlier iterations that measured the same configuration. */
async function incumbentTraces(
  { stores }: ActivityDependencies,
  { runId, iteration, configurationHash }: ProposeInput,
): Promise<Map<string, TracedEvaluation>> {
  // Of an example that several iterations traced, the newest trace is kept.
  return tracesOf(
    stores,
    await stores.evaluations.listThrough({ runId, purpose: 'preference', iteration, configurationHash }),
  );
}
