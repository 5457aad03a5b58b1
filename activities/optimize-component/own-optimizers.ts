import type { ComponentOptimizer, OptimizerContext } from '../../core/search/component-optimizer';
import { optimizersFor } from '../../core/search/optimizers-for';
import type { EarlierTry, Optimizer, OptimizerKind, ProposeContext } from '../../core/search/own-optimizer';
import type { PastProposal } from '../../core/search/past-proposal';
import type { Proposal } from '../../core/search/proposal';
import { readOwnProposals } from '../../core/search/read-own-proposals';
import type { Component } from '../../core/system/component';
import { messageOf } from '../../core/system/interpreter';
import type { SettingKind } from '../../core/system/variable';
import { attemptFailure } from '../calls/attempt-failure';
import { orAborted } from '../calls/or-aborted';
import type { ProposeInput } from '../contracts';
import type { OpenRun } from '../open-run';
import { shortText } from '../short-text';
import { proposingModels } from './proposing-models';

const settingKindsOf: Record<OptimizerKind, readonly SettingKind[]> = {
  prompt: ['instructions', 'demonstrations'],
  oneOf: ['hyperparameter'],
  range: ['hyperparameter'],
  integer: ['hyperparameter'],
  model: ['model'],
};

/** The user's own optimizers that are for this component, as the portfolio runs them. */
export function ownOptimizers(
  run: OpenRun,
  component: Component,
  input: Pick<ProposeInput, 'iteration' | 'limits'>,
): ComponentOptimizer[] {
  return optimizersFor(component, run.resolved.optimizers).map((optimizer) => ({
    name: optimizer.name,
    kinds: optimizer.kinds.flatMap((kind) => settingKindsOf[kind]),
    propose: (context) => proposalsOf(optimizer, context, run, input),
  }));
}

/**
 * What a user's optimizer proposes. Whatever it does wrong is recorded and costs its own tries alone; what lies outside of it (an
 * endpoint that is down, the budget) ends the attempt as everywhere.
 */
async function proposalsOf(
  optimizer: Optimizer,
  context: OptimizerContext,
  run: OpenRun,
  input: Pick<ProposeInput, 'iteration' | 'limits'>,
): Promise<Proposal[]> {
  const { incumbent, signal, reject } = context;
  const component = context.component.name;
  const models = proposingModels(run, input, `optimizer/${component}/${optimizer.name}`, signal);
  const { component: described, traces, count, stream, past } = context;
  const copies = structuredClone({
    component: described,
    variables: incumbent.variables,
    incumbent: incumbent.settings,
    calls: traces,
    tries: past.map(earlierTry),
  });
  const asked: ProposeContext = { ...copies, count, random: stream, models, signal };
  let returned: unknown;
  try {
    returned = await orAborted(() => optimizer.propose(asked), signal);
  } catch (error) {
    signal.throwIfAborted();
    const outside = models.failure ?? attemptFailure(error);
    if (outside !== undefined) throw outside;
    reject({
      text: '',
      reason: `optimizer '${optimizer.name}', component '${component}': it threw: ${shortText(messageOf(error))}`,
    });
    return [];
  }
  // An optimizer that swallowed an outage proposed without what it asked for.
  if (models.failure !== undefined) throw models.failure;
  const { proposals, rejected } = readOwnProposals(returned, { optimizer, component, incumbent });
  rejected.forEach(reject);
  return proposals;
}

function earlierTry({
  iteration,
  incumbent,
  proposal,
  measuredGain,
  expectedGain,
  accepted,
}: PastProposal): EarlierTry {
  return { iteration, settings: proposal.settings, over: incumbent, gain: measuredGain ?? expectedGain, accepted };
}
