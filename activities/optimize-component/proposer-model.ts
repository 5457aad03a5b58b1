import type { ProposerModel } from '../../core/search/component-optimizer';
import { infrastructureCause } from '../../core/system/infrastructure-error';
import { outsideFailure } from '../../core/system/outside-failure';
import type { ProposeInput } from '../contracts';
import type { ActivityDependencies } from '../dependencies';
import type { OpenRun } from '../open-run';
import { proposingModels } from './proposing-models';

/**
 * The configured proposer model as an optimizer asks it; undefined: none is configured. A request that its endpoint will
 * never take is recorded, and the other optimizers go on without it.
 */
export function proposerModel(
  { proposer, stores }: ActivityDependencies,
  run: OpenRun,
  { input, optimizer, signal }: { input: ProposeInput; optimizer: string; signal: AbortSignal },
): ProposerModel | undefined {
  if (proposer === undefined) return undefined;
  return {
    async ask(variable, messages, maxTokens) {
      const models = proposingModels(run, input, `proposer/${input.component}/${variable}/${optimizer}`, signal);
      try {
        return (await models.chat({ model: proposer, temperature: 1, maxTokens, messages })).text;
      } catch (error) {
        const reason = rejection(error);
        await stores.ledger.append(run.runId, [
          {
            key: `iteration/${input.iteration}/proposer/${input.component}/${optimizer}/${variable}`,
            iteration: input.iteration,
            kind: 'proposer',
            body: { component: input.component, variable, optimizer, reason },
          },
        ]);
        return undefined;
      }
    },
  };
}

/** Why the endpoint rejected this one request for good. @throws every other failure: trying again or a person may help there. */
function rejection(error: unknown): string {
  const failure = infrastructureCause(error);
  if (failure?.status === undefined || outsideFailure(error) !== undefined) throw error;
  return failure.message;
}
