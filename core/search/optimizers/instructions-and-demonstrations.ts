import { inTurn } from '../../random/in-turn';
import type { Demonstration } from '../../system/variable';
import type { ComponentOptimizer, OptimizerContext } from '../component-optimizer';
import { jointPromptProposals } from '../joint-prompts';
import { promptIn, promptStandings, promptVariables } from '../prompt-standings';
import type { Proposal } from '../proposal';
import { bootstrappedSets } from './demonstrations';
import { editedInstructions } from './edits';

/** Most members of a pool that earlier iterations measured, and most fresh ones of each source. */
const most = { measured: 12, fresh: 4 };

/**
 * Instructions and demonstrations of a prompt chosen together. The pools hold what did best so far, fresh edits and bootstrapped sets,
 * and what the other optimizers offer in this iteration.
 */
export const instructionsAndDemonstrations: ComponentOptimizer = {
  name: 'instructions-and-demonstrations',
  kinds: ['demonstrations'],
  combines: true,
  propose: (context) => {
    const prompts = promptVariables(context.incumbent).filter(([, definition]) => definition.maxDemonstrations > 0);
    return inTurn(
      prompts.map(([variable]) => {
        const { incumbent, past, count, stream } = context;
        return jointPromptProposals({
          ...{ incumbent, variable, past, count, stream },
          instructions: instructionPool(context, variable),
          sets: setPool(context, variable),
        });
      }),
    );
  },
};

function instructionPool(context: OptimizerContext, variable: string): string[] {
  const { incumbent, past, offered } = context;
  const textOf = ({ settings }: Pick<Proposal, 'settings'>): string => promptIn(settings, variable).instructions;
  const written = offered.filter(
    ({ origin, changed }) =>
      origin !== 'instruction-edit' &&
      changed.some((change) => change.variable === variable && change.kind === 'instructions'),
  );
  return [
    ...promptStandings(past, incumbent, variable, 'instructions').slice(0, most.measured),
    ...written.slice(0, 2 * most.fresh),
    ...editedInstructions(context, variable).slice(0, most.fresh),
  ].map(textOf);
}

function setPool(context: OptimizerContext, variable: string): Demonstration[][] {
  const { incumbent, past } = context;
  return [
    ...promptStandings(past, incumbent, variable, 'demonstrations').slice(0, most.measured),
    ...bootstrappedSets(context, variable).slice(0, most.fresh),
  ].map(({ settings }) => promptIn(settings, variable).demonstrations);
}
