import type { ChatMessage } from '../system/run-context';
import type { PromptVariable } from '../system/variable';
import {
  callText,
  proposerMessages,
  tagged,
  taskText,
  versions,
  within,
  writingRules,
  type ScoredCall,
} from './proposer-prompt';

export interface ScoredInstructions {
  instructions: string;
  /** Mean score, or mean reward, on one scale for all. */
  score: number;
}

export interface MetaPromptOptions {
  component: { name: string; description: string };
  definition: PromptVariable;
  incumbent: ScoredInstructions;
  /** Earlier instructions of this prompt; the incumbent may be among them. */
  history: readonly ScoredInstructions[];
  /** From training examples only; the worst and the best of them are shown. */
  examples: readonly ScoredCall[];
  /** How many proposals to ask for. */
  count: number;
  /** Most instructions shown, the incumbent's and the best others. Default 20. */
  shown?: number;
  /** Most characters of those others. Default 20,000. */
  historyCharacters?: number;
  /** Most calls shown. Default 16. */
  shownCalls?: number;
  /** Most characters of those calls. Default 20,000. */
  callCharacters?: number;
}

/**
 * The messages that ask a proposer model for better instructions: the task, the earlier instructions with their scores
 * in ascending order and the incumbent among them, and some calls with scores and feedback (OPRO: Yang et al. 2023,
 * "Large language models as optimizers"; Optimas, section 4.3).
 */
export function oproMetaPrompt(options: MetaPromptOptions): ChatMessage[] {
  const { component, definition, count } = options;
  const calls = shownCalls(options);
  const sections = [
    taskText(component),
    `Instructions for it that were tried, from the lowest score to the highest:\n\n${scoredList(options)}`,
    ...(calls.length > 0 ? [`Calls of the step with the current instructions:\n\n${calls.join('\n\n')}`] : []),
    writingRules(`Write ${versions(count)} that would score higher than all of the above.`, definition),
  ];
  return proposerMessages(sections);
}

/** Ascending by score: the incumbent, and the best others that fit. Of equal texts the last score counts. */
function scoredList({ incumbent, history, shown = 20, historyCharacters = 20_000 }: MetaPromptOptions): string {
  const scores = new Map(history.map((item) => [item.instructions, item.score]));
  scores.delete(incumbent.instructions);
  const fits = within(historyCharacters);
  const others = [...scores]
    .map(([instructions, score]) => ({ instructions, score }))
    .sort(ascending)
    .reverse()
    .slice(0, Math.max(0, shown - 1))
    .filter(({ instructions }) => fits(instructions));
  return [...others, incumbent]
    .sort(ascending)
    .map(({ instructions, score }) => {
      const current = instructions === incumbent.instructions ? ' (current)' : '';
      return `Score ${score.toFixed(3)}${current}:\n${tagged(instructions)}`;
    })
    .join('\n\n');
}

function ascending(a: ScoredInstructions, b: ScoredInstructions): number {
  return a.score - b.score || (a.instructions < b.instructions ? -1 : 1);
}

/** The worst calls and the best in turn, as many as fit, each once: what to mend, and what to keep. */
function shownCalls({ examples, shownCalls: most = 16, callCharacters = 20_000 }: MetaPromptOptions): string[] {
  const ascendingCalls = examples.toSorted((a, b) => a.score - b.score);
  const inTurn = ascendingCalls.map((_, index) =>
    index % 2 === 0 ? ascendingCalls[index / 2] : ascendingCalls[ascendingCalls.length - (index + 1) / 2],
  );
  const fits = within(callCharacters);
  return inTurn
    .slice(0, most)
    .map((call) => callText(call as ScoredCall).join('\n'))
    .filter(fits);
}
