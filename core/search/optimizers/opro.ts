import { mean } from '../../validation/moments';
import type { ComponentOptimizer } from '../component-optimizer';
import { oproMetaPrompt } from '../opro-meta-prompt';
import { promptStandings, promptIn } from '../prompt-standings';
import { writeInstructions } from './write-instructions';

/**
 * Instructions by a proposer model that sees the incumbent and earlier instructions with their scores on training inputs
 * (OPRO: Yang et al. 2023; paper, section 4.2).
 */
export const opro: ComponentOptimizer = {
  name: 'opro',
  kinds: ['instructions'],
  needsProposer: true,
  propose: (context) =>
    writeInstructions(context, 'opro', ({ variable, definition }) => {
      const { incumbent, component, traces, past } = context;
      const { instructions } = promptIn(incumbent.settings, variable);
      const score = traces.length === 0 ? 0 : mean(traces.map((trace) => trace.score));
      const history = promptStandings(past, incumbent, variable, 'instructions').map(({ settings, gain }) => ({
        instructions: promptIn(settings, variable).instructions,
        score: score + gain,
      }));
      const examples = traces.filter(({ outputs }) => outputs !== undefined);
      return {
        rewritten: [instructions],
        messages: (count) =>
          oproMetaPrompt({ component, definition, incumbent: { instructions, score }, history, examples, count }),
      };
    }),
};
