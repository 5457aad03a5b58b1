import type { Candidate } from '../../core/preference/candidate';
import { inTurn } from '../../core/random/in-turn';
import { checkProposals } from '../../core/search/check-proposals';
import { applicableOptimizers } from '../../core/search/component-optimizer';
import type { SettingsObservation } from '../../core/search/hyperparameter-proposals';
import { modelFreeOptimizers } from '../../core/search/optimizers/built-in';
import { distinctProposals, type Proposal } from '../../core/search/proposal';
import { contentHash } from '../../core/system/canonical-json';
import type { JsonObject } from '../../core/system/json';
import { isPromptValue } from '../../core/system/variable';
import type { OpenRun } from '../open-run';
import { checkOptions } from './check-options';
import { optimizerStream, sharedContext } from './optimizer-context';

/**
 * Proposals of the optimizers that need no model call, each kind in turn. For `candidates` (outputs to compare) of all of them,
 * whatever the plan names, as a reward must know what other settings do; without changes of other components, which an output
 * of this one cannot show. For `proposals` of those that the plan names, checked.
 */
export async function alternativeSettings(
  run: OpenRun,
  step: Omit<Parameters<typeof sharedContext>[1], 'candidates'> & {
    candidates?: readonly Candidate[];
    observations?: readonly SettingsObservation[];
    iteration: number;
    purpose: 'candidates' | 'proposals';
    signal: AbortSignal;
  },
): Promise<Proposal[]> {
  const { purpose, iteration, signal } = step;
  const shared = sharedContext(run, { ...step, candidates: step.candidates ?? [] });
  const { incumbent, component } = shared;
  const optimizers = applicableOptimizers(modelFreeOptimizers, {
    ...shared,
    past: [],
    named: purpose === 'candidates' ? 'all' : run.plan.optimizers,
    proposer: false,
  });
  const offers = await Promise.all(
    optimizers.map(async (optimizer) =>
      optimizer.propose({
        ...shared,
        observations: step.observations ?? [],
        past: [],
        offered: [],
        count: run.plan.proposals,
        stream: optimizerStream(run, { purpose, component: component.name, iteration, optimizer: optimizer.name }),
        proposer: undefined,
        rewardGains: undefined,
        signal,
        reject: () => {},
      }),
    ),
  );
  const proposals = distinctProposals(incumbent, inTurn(offers));
  return purpose === 'candidates'
    ? proposals.filter(({ elsewhere }) => elsewhere === undefined)
    : checkProposals(proposals, checkOptions(run, step.component, shared)).kept;
}

/** True when a setting's demonstrations show these very inputs: judged on them, it would be judged by its own answer. */
export function showsInputs(proposal: Proposal, inputs: JsonObject): boolean {
  const hash = contentHash(inputs);
  return Object.values(proposal.settings).some(
    (value) =>
      isPromptValue(value) && value.demonstrations.some((demonstration) => contentHash(demonstration.inputs) === hash),
  );
}
