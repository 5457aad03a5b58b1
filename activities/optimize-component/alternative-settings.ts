import { inTurn } from '../../core/random/in-turn';
import { applicableOptimizers } from '../../core/search/component-optimizer';
import { modelFreeOptimizers } from '../../core/search/optimizers/built-in';
import { distinctProposals, type Proposal } from '../../core/search/proposal';
import { contentHash } from '../../core/system/canonical-json';
import type { JsonObject } from '../../core/system/json';
import { isPromptValue } from '../../core/system/variable';
import type { OpenRun } from '../open-run';
import { hiddenExamples } from './hidden-examples';
import { optimizerStream, sharedContext } from './optimizer-context';

/**
 * Settings of a component for candidate outputs: proposals of the optimizers that need no model call, each kind in turn. All of
 * them, whatever the plan names: a reward must know what other settings do.
 */
export async function alternativeSettings(
  run: OpenRun,
  step: Omit<Parameters<typeof sharedContext>[1], 'candidates' | 'hidden'> & { iteration: number; signal: AbortSignal },
): Promise<Proposal[]> {
  const shared = sharedContext(run, { ...step, candidates: [], hidden: hiddenExamples(run) });
  const { incumbent, component } = shared;
  const optimizers = applicableOptimizers(modelFreeOptimizers, { ...shared, past: [], named: 'all', proposer: false });
  const offers = await Promise.all(
    optimizers.map(async (optimizer) =>
      optimizer.propose({
        ...shared,
        observations: [],
        past: [],
        offered: [],
        count: run.plan.proposals,
        stream: optimizerStream(run, {
          ...{ purpose: 'candidates', component: component.name, iteration: step.iteration },
          optimizer: optimizer.name,
        }),
        proposer: undefined,
        rewardGains: undefined,
        signal: step.signal,
        reject: () => {},
      }),
    ),
  );
  return distinctProposals(incumbent, inTurn(offers));
}

/** True when a setting's demonstrations show these very inputs: judged on them, it would be judged by its own answer. */
export function showsInputs(proposal: Proposal, inputs: JsonObject): boolean {
  const hash = contentHash(inputs);
  return Object.values(proposal.settings).some(
    (value) =>
      isPromptValue(value) && value.demonstrations.some((demonstration) => contentHash(demonstration.inputs) === hash),
  );
}
