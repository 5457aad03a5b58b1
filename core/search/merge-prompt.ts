import type { ChatMessage } from '../system/run-context';
import type { PromptVariable } from '../system/variable';
import { proposerMessages, tagged, taskText, versions, writingRules } from './proposer-prompt';

export interface MergeOptions {
  component: { name: string; description: string };
  definition: PromptVariable;
  /** Each with the number of training examples on which it is better than the other. */
  instructions: readonly [MergedInstructions, MergedInstructions];
  /** How many versions to ask for. */
  count: number;
}

export interface MergedInstructions {
  instructions: string;
  better: number;
}

/**
 * The messages that ask a proposer model for instructions that do what each of two does best (GEPA's merge, Agrawal et al. 2025,
 * appendix, between the instructions of one component). Examples are counted, never shown: they are those that
 * proposals are judged on.
 */
export function mergePrompt({ component, definition, instructions, count }: MergeOptions): ChatMessage[] {
  const [first, second] = instructions;
  return proposerMessages([
    taskText(component),
    'Two instructions for it were tried, and each is good at something that the other is not.',
    `The first is better on ${examples(first.better)}:\n\n${tagged(first.instructions)}`,
    `The second is better on ${examples(second.better)}:\n\n${tagged(second.instructions)}`,
    'Find out what each tells the step that the other does not, and why that could help with some inputs. Where they contradict each ' +
      'other, say when which holds, or keep the safer one.',
    writingRules(`Write ${versions(count)} that combine the strengths of both.`, definition),
  ]);
}

function examples(count: number): string {
  return count === 1 ? '1 example' : `${count} examples`;
}
