import type { ComponentOptimizer, OptimizerContext } from '../component-optimizer';
import { instructionFront, type InstructionMember } from '../instruction-front';
import { mergePrompt } from '../merge-prompt';
import { complementaryPairs, type ComplementaryPair } from '../pareto-front';
import { promptVariables } from '../prompt-standings';
import { writeInstructions } from './write-instructions';

/**
 * Instructions by a proposer model that combines two complementary ones of the Pareto front (GEPA's merge). The pair is drawn, with
 * probability proportional to the number of examples on which the one that is better on fewer is better.
 */
export const merge: ComponentOptimizer = {
  name: 'merge',
  kinds: ['instructions'],
  needsProposer: true,
  applies: ({ incumbent, past }) =>
    promptVariables(incumbent).some(([variable]) => pairsOf({ incumbent, past }, variable).length > 0),
  propose: (context) =>
    writeInstructions(context, 'merge', ({ variable, definition }) => {
      const { component, stream } = context;
      const pairs = pairsOf(context, variable);
      if (pairs.length === 0) return undefined;
      const { members, better } = stream.choice(
        pairs.flatMap((pair) => new Array<typeof pair>(Math.min(...pair.better)).fill(pair)),
      );
      const [first, second] = members;
      return {
        rewritten: [first.instructions, second.instructions],
        messages: (count) =>
          mergePrompt({
            ...{ component, definition, count },
            instructions: [
              { instructions: first.instructions, better: better[0] },
              { instructions: second.instructions, better: better[1] },
            ],
          }),
        note: `of ${first.id.slice(0, 12)} and ${second.id.slice(0, 12)}`,
      };
    }),
};

function pairsOf(
  { incumbent, past }: Pick<OptimizerContext, 'incumbent' | 'past'>,
  variable: string,
): ComplementaryPair<InstructionMember>[] {
  return complementaryPairs(instructionFront(past, incumbent, variable));
}
