import type { ComponentOptimizer } from '../component-optimizer';
import { instructionFront } from '../instruction-front';
import { drawMember } from '../pareto-front';
import { promptIn } from '../prompt-standings';
import { reflectedCalls } from '../reflected-calls';
import { reflectionPrompt } from '../reflection-prompt';
import { writeInstructions } from './write-instructions';

/** Calls shown: enough to see what they have in common. */
const shownCalls = 6;

/**
 * Instructions rewritten by a proposer model that reads the calls that went wrong (GEPA: Agrawal et al. 2025). What is rewritten
 * is drawn from the Pareto front of instructions over training examples.
 */
export const reflection: ComponentOptimizer = {
  name: 'reflection',
  kinds: ['instructions'],
  needsProposer: true,
  propose: async (context) => {
    const { incumbent, component, past, stream } = context;
    const calls = await reflectedCalls(context, shownCalls);
    if (calls.length === 0) {
      context.reject({ text: '', reason: 'no call of the component went wrong: there is nothing to reflect on' });
      return [];
    }
    return writeInstructions(context, 'reflection', ({ variable, definition }) => {
      const front = instructionFront(past, incumbent, variable);
      const parent = front.length === 1 ? front[0] : drawMember(front, stream);
      if (parent === undefined) return undefined;
      const { instructions, id, isIncumbent } = parent;
      const current = promptIn(incumbent.settings, variable).instructions;
      return {
        rewritten: [instructions],
        messages: (count) => reflectionPrompt({ component, definition, instructions, current, calls, count }),
        note: `rewritten after ${calls.length} call(s), from ${isIncumbent ? 'the current instructions' : id.slice(0, 12)}`,
      };
    });
  },
};
