import { z } from 'zod';
import { component } from '../../core/system/component';
import { renderMessages } from '../../core/system/render-prompt';
import type { MetricResult } from '../../core/system/run-context';
import { system, type System } from '../../core/system/system';
import type { PromptValue, Variables } from '../../core/system/variable';
import type { ScriptedChatRequest } from './scripted-endpoint-options';

export type NumberRow = { id: string; number: number };
const rows = (split: string, count: number, from: number): NumberRow[] =>
  Array.from({ length: count }, (_, index) => ({ id: `${split}-${index}`, number: from + index }));
/** Numbers, different ones in each split. */
export const numbers = {
  train: rows('train', 24, 100),
  validation: rows('validation', 24, 200),
  test: rows('test', 20, 300),
};
const doubled = ({ number }: NumberRow): string => String(2 * number);

/**
 * A system of one component, which is to say twice a number.
 *
 * @param named the model that settings name.
 * @param feedback of the metric on what is wrong; default: none.
 */
export function doubling(
  name: string,
  configuration: Variables,
  named: (settings: Record<string, unknown>) => string,
  feedback?: string,
): System {
  return system({
    name,
    input: z.object({ number: z.number() }),
    output: z.object({ double: z.string() }),
    components: [
      component({
        name: 'doubler',
        description: 'Says twice the number',
        input: z.object({ number: z.number() }),
        output: z.object({ double: z.string() }),
        configuration,
        run: async ({ number }, { configuration: settings, models }) => {
          const { prompt: value = { instructions: 'Double it.', demonstrations: [] } } = settings as {
            prompt?: PromptValue;
          };
          const messages = renderMessages(value, { number }, { output: 'double' });
          return { double: (await models.chat({ model: named(settings), messages, maxTokens: 8 })).text };
        },
      }),
    ],
    metric: (example: NumberRow, { double }): MetricResult => {
      const score = double === doubled(example) ? 1 : 0;
      return { score, ...(score === 0 && feedback !== undefined && { feedback }) };
    },
    groundTruth: (example: NumberRow) => ({ doubler: { double: doubled(example) } }),
    dataset: numbers,
  });
}

/** What a request of `doubling` says. */
export interface DoublingRequest {
  number: number;
  instructions: string;
  /** Demonstrations are among the messages. */
  isShown: boolean;
  /** The instructions ask for few words. */
  isBrief: boolean;
}

/** Twice the number, if the model has what it needs. */
export function doublingReply({ messages }: ScriptedChatRequest, isRight: (asked: DoublingRequest) => boolean): string {
  const number = Number(/(\d+)\n\w+:\s*$/.exec(messages.at(-1)?.content ?? '')?.[1]);
  const instructions = messages.find(({ role }) => role === 'system')?.content ?? '';
  const isShown = messages.some(({ role }) => role === 'assistant');
  const isBrief = /\b(brief|briefly|short|only|exactly)\b/i.test(instructions);
  return isRight({ number, instructions, isShown, isBrief }) ? String(2 * number) : `about ${number}`;
}
