import type { JsonObject } from '../system/json';
import type { ChatMessage } from '../system/run-context';
import type { PromptVariable } from '../system/variable';

/** One call of the component under the incumbent, and how it went. */
export interface ScoredCall {
  inputs: JsonObject;
  /** Absent: the component failed. */
  outputs?: JsonObject | undefined;
  /** The system's score in [0, 1]. */
  score: number;
  /** The metric's textual feedback. */
  feedback?: string | undefined;
}

/** The most characters of one field of an example. */
const fieldLimit = 600;

/** The tags around each proposal: text of any shape survives between them. */
export const proposalTag = 'instructions';

export function tagged(instructions: string): string {
  return `<${proposalTag}>\n${instructions}\n</${proposalTag}>`;
}

/** The messages to a proposer model, from the sections of the request. */
export function proposerMessages(sections: readonly string[]): ChatMessage[] {
  return [
    {
      role: 'system',
      content: 'You improve the instructions that a language model follows in one step of a larger system.',
    },
    { role: 'user', content: sections.join('\n\n') },
  ];
}

export function taskText(component: { name: string; description: string }): string {
  return `The step '${component.name}' of a larger system does this: ${component.description || '(no description)'}`;
}

export function versions(count: number): string {
  return count === 1 ? 'one new version' : `${count} new and different versions`;
}

/** What to write, what each version must keep to, and the reply format. */
export function writingRules(request: string, definition: PromptVariable): string {
  return [
    request,
    ...definition.placeholders.map((name) => `Each must contain the placeholder {${name}}, exactly so.`),
    `Each may have at most ${definition.maxCharacters} characters and as many lines as it needs.`,
    'Do not copy the example calls into the instructions.',
    `Put each between <${proposalTag}> and </${proposalTag}>, and write nothing else.`,
  ].join('\n');
}

/** A call in lines: fields, score, feedback. */
export function callText({ inputs, outputs = {}, score, feedback }: ScoredCall): string[] {
  return [
    ...fieldLines('input', inputs),
    ...fieldLines('output', outputs),
    `system score: ${score.toFixed(3)}`,
    ...(feedback === undefined ? [] : [`feedback: ${fieldText(feedback)}`]),
  ];
}

export function fieldLines(kind: string, fields: JsonObject): string[] {
  return Object.entries(fields).map(([field, value]) => `${kind} ${field}: ${fieldText(value)}`);
}

export function fieldText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > fieldLimit ? `${text.slice(0, fieldLimit)} [...]` : text;
}

/** Whether there is room for one more text beside those that had some. */
export function within(characters: number): (text: string) => boolean {
  let left = characters;
  return ({ length }) => {
    if (length > left) return false;
    left -= length;
    return true;
  };
}
