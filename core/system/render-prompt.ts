import type { Json, JsonObject } from './json';
import type { ChatMessage } from './run-context';
import type { PromptValue } from './variable';

export interface RenderOptions {
  /** The field that the model is to write: its label ends the user message, so that the reply is the bare value. */
  output: string;
  /** The input fields to show, in this order. Default: all of `inputs`, in their own order. */
  fields?: readonly string[];
  /** How fields are called in the text. Default: the field's name, as in `search_query` -> `Search query`. */
  labels?: Readonly<Record<string, string>>;
}

/**
 * A tuned prompt as chat messages: the instructions (system), every demonstration as a user message and the assistant's
 * reply to it, then the inputs (user). `{field}` in the instructions stands for that input.
 *
 * A user message has a line `Label: value` per field and ends with the output's label and a colon. The messages thus
 * also read as one plain text, which a base model continues and which is complete at the end of the line.
 *
 * @throws TypeError where the inputs, or a demonstration, lack a field that is to be shown.
 */
export function renderMessages(prompt: PromptValue, inputs: JsonObject, options: RenderOptions): ChatMessage[] {
  const fields = options.fields ?? Object.keys(inputs);
  const instructions = prompt.instructions.replace(/\{([A-Za-z_]\w*)\}/g, (placeholder, field: string) =>
    Object.hasOwn(inputs, field) ? fieldText(inputs[field] as Json) : placeholder,
  );
  const label = (field: string) => options.labels?.[field] ?? defaultLabel(field);
  const user = (values: JsonObject, of: string): ChatMessage => {
    const lines = fields.map((field) => {
      const value = values[field];
      if (value === undefined) throw new TypeError(`renderMessages: ${of} lacks the field '${field}'`);
      return `${label(field)}: ${fieldText(value)}`;
    });
    return { role: 'user', content: [...lines, `${label(options.output)}:`].join('\n') };
  };
  const demonstrations = prompt.demonstrations.flatMap((item, at): ChatMessage[] => {
    const reply = item.outputs[options.output];
    if (reply === undefined) {
      throw new TypeError(`renderMessages: demonstration ${at + 1} lacks the output '${options.output}'`);
    }
    return [user(item.inputs, `demonstration ${at + 1}`), { role: 'assistant', content: fieldText(reply) }];
  });
  return [{ role: 'system', content: instructions }, ...demonstrations, user(inputs, 'the input')];
}

/** Text as it is, a list of texts a line each, anything else as JSON. */
function fieldText(value: Json): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join('\n');
  return JSON.stringify(value);
}

function defaultLabel(field: string): string {
  const words = field
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
