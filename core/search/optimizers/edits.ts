import { inTurn } from '../../random/in-turn';
import type { ComponentOptimizer, OptimizerContext } from '../component-optimizer';
import { instructionEdits } from '../instruction-edits';
import { promptVariables } from '../prompt-standings';
import type { Proposal } from '../proposal';

/** The incumbent's instructions under general edits; needs no proposer model. */
export const edits: ComponentOptimizer = {
  name: 'edits',
  kinds: ['instructions'],
  propose: (context) =>
    inTurn(promptVariables(context.incumbent).map(([variable]) => editedInstructions(context, variable))),
};

/** Edits of one prompt of the component. */
export function editedInstructions({ incumbent, component, stream }: OptimizerContext, variable: string): Proposal[] {
  const { description, inputFields, outputFields } = component;
  return instructionEdits({ incumbent, variable, context: { description, inputFields, outputFields }, stream });
}
