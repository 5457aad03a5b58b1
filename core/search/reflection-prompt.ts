import type { ChatMessage } from '../system/run-context';
import type { PromptVariable } from '../system/variable';
import {
  callText,
  fieldLines,
  proposerMessages,
  tagged,
  taskText,
  versions,
  within,
  writingRules,
} from './proposer-prompt';
import type { RankedOutput, ReflectedCall } from './reflected-calls';

export interface ReflectionOptions {
  component: { name: string; description: string };
  definition: PromptVariable;
  /** What is to be rewritten. */
  instructions: string;
  /** What the calls were made with. */
  current: string;
  /** From training examples only, worst first. */
  calls: readonly ReflectedCall[];
  /** How many versions to ask for. */
  count: number;
  /** Most characters of the calls. Default 12,000. */
  callCharacters?: number;
}

/**
 * The messages that ask a proposer model to say what went wrong in some calls and to rewrite the instructions accordingly (reflection:
 * GEPA, Agrawal et al. 2025, section 3): each call with its score, the metric's feedback, what was right, and how other outputs
 * of the component rank beside the one that was given.
 */
export function reflectionPrompt(options: ReflectionOptions): ChatMessage[] {
  const { component, definition, instructions, current, calls, count, callCharacters = 12_000 } = options;
  const fits = within(callCharacters);
  const shown = calls.map((call, index) => `Call ${index + 1}\n${reflectedText(call)}`).filter(fits);
  return proposerMessages([
    taskText(component),
    `Rewrite these instructions for it:\n\n${tagged(instructions)}`,
    ...(current === instructions
      ? []
      : [`The calls below were made with other instructions, the current ones:\n\n${current}`]),
    `Calls of the step that went wrong:\n\n${shown.join('\n\n')}`,
    'First find out what the calls have in common: what the step misunderstood, left out, added or formatted wrongly, and which ' +
      'knowledge of the task it lacked. State it in the instructions as general rules that also hold for inputs not shown here. ' +
      'Keep what works.',
    writingRules(`Write ${versions(count)} of the instructions.`, definition),
  ]);
}

function reflectedText(call: ReflectedCall): string {
  const { failure, groundTruth, others } = call;
  return [
    ...callText(call),
    ...(failure === undefined ? [] : [`the step failed: ${failure}`]),
    ...(groundTruth === undefined ? [] : fieldLines('right', groundTruth)),
    ...extremes(others).flatMap(({ outputs, gain }) =>
      fieldLines(`${gain < 0 ? 'worse' : 'better'} (${gain < 0 ? '' : '+'}${gain.toFixed(2)})`, outputs),
    ),
  ].join('\n');
}

/** The two best outputs and the worst. */
function extremes(others: readonly RankedOutput[]): readonly RankedOutput[] {
  return others.length > 3 ? [...others.slice(0, 2), ...others.slice(-1)] : others;
}
