import { inTurn } from '../../random/in-turn';
import type { ComponentOptimizer, OptimizerContext } from '../component-optimizer';
import { demonstrationProposals } from '../demonstration-proposals';
import { promptVariables } from '../prompt-standings';
import type { Proposal } from '../proposal';

/** Sets of demonstrations, bootstrapped from calls that scored well. */
export const demonstrations: ComponentOptimizer = {
  name: 'demonstrations',
  kinds: ['demonstrations'],
  propose: (context) =>
    inTurn(promptVariables(context.incumbent).map(([variable]) => bootstrappedSets(context, variable, context.reject))),
};

/** Sets for one prompt of the component. `reject` is told where there are none for want of room. */
export function bootstrappedSets(
  context: OptimizerContext,
  variable: string,
  reject?: OptimizerContext['reject'],
): Proposal[] {
  const { incumbent, demonstrable, traces, stream } = context;
  return demonstrationProposals({
    incumbent,
    variable,
    traced: demonstrable,
    groundTruth: Object.fromEntries(
      traces.flatMap(({ exampleId, groundTruth }) => (groundTruth === undefined ? [] : [[exampleId, groundTruth]])),
    ),
    stream,
    ...(reject && { reject }),
  });
}
