import type { ChatMessage } from '../system/run-context';
import type { JsonObject } from '../system/json';
import type { PromptVariable } from '../system/variable';

export interface ScoredInstructions {
  instructions: string;
  /** Mean score, or mean reward, on one scale for all. */
  score: number;
}

/** One call of the component under the incumbent, and how it went. */
export interface ScoredCall {
  inputs: JsonObject;
  outputs: JsonObject;
  /** The system's score in [0, 1]. */
  score: number;
  /** The metric's textual feedback. */
  feedback?: string | undefined;
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

/** The most characters of one field of an example. */
const fieldLimit = 600;

/** The tags around each proposal: text of any shape survives between them. */
export const proposalTag = 'instructions';

/**
 * The messages that ask a proposer model for better instructions: the task, the earlier instructions with their scores
 * in ascending order and the incumbent among them, and some calls with scores and feedback (OPRO: Yang et al. 2023,
 * "Large language models as optimizers"; Optimas, section 4.3).
 */
export function oproMetaPrompt(options: MetaPromptOptions): ChatMessage[] {
  const { component, definition, count } = options;
  const calls = shownCalls(options);
  const rules = [
    `Write ${count} new and different ${count === 1 ? 'version' : 'versions'} that would score higher than all of the above.`,
    ...definition.placeholders.map((name) => `Each must contain the placeholder {${name}}, exactly so.`),
    `Each may have at most ${definition.maxCharacters} characters and as many lines as it needs.`,
    'Do not copy the example calls into the instructions.',
    `Put each between <${proposalTag}> and </${proposalTag}>, and write nothing else.`,
  ];
  const sections = [
    `The step '${component.name}' of a larger system does this: ${component.description || '(no description)'}`,
    `Instructions for it that were tried, from the lowest score to the highest:\n\n${scoredList(options)}`,
    ...(calls.length > 0 ? [`Calls of the step with the current instructions:\n\n${calls.join('\n\n')}`] : []),
    rules.join('\n'),
  ];
  return [
    {
      role: 'system',
      content: 'You improve the instructions that a language model follows in one step of a larger system.',
    },
    { role: 'user', content: sections.join('\n\n') },
  ];
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
      return `Score ${score.toFixed(3)}${current}:\n<${proposalTag}>\n${instructions}\n</${proposalTag}>`;
    })
    .join('\n\n');
}

/** Whether there is room for one more text beside those that had some. */
function within(characters: number): (text: string) => boolean {
  let left = characters;
  return ({ length }) => {
    if (length > left) return false;
    left -= length;
    return true;
  };
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
    .map((call) => callText(call as ScoredCall))
    .filter(fits);
}

function callText({ inputs, outputs, score, feedback }: ScoredCall): string {
  const lines = [
    ...Object.entries(inputs).map(([field, value]) => `input ${field}: ${fieldText(value)}`),
    ...Object.entries(outputs).map(([field, value]) => `output ${field}: ${fieldText(value)}`),
    `system score: ${score.toFixed(3)}`,
    ...(feedback === undefined ? [] : [`feedback: ${fieldText(feedback)}`]),
  ];
  return lines.join('\n');
}

function fieldText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > fieldLimit ? `${text.slice(0, fieldLimit)} [...]` : text;
}
