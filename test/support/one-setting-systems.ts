import { z } from 'zod';
import { component } from '../../core/system/component';
import { renderMessages } from '../../core/system/render-prompt';
import { system, type System } from '../../core/system/system';
import { model, prompt, range, type PromptValue, type Variables } from '../../core/system/variable';
import type { ScriptedChatRequest } from './scripted-endpoint-options';

type Row = { id: string; number: number; double: string };
const rows = (split: string, count: number, from: number): Row[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `${split}-${index}`,
    number: from + index,
    double: String(2 * (from + index)),
  }));
const dataset = { train: rows('train', 24, 100), validation: rows('validation', 24, 200), test: rows('test', 20, 300) };

/** A system of one component, which is to say twice a number. */
function doubling(
  name: string,
  configuration: Variables,
  named: (settings: Record<string, unknown>) => string,
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
    metric: (example: Row, { double }) => (double === example.double ? 1 : 0),
    groundTruth: ({ double }: Row) => ({ doubler: { double } }),
    dataset,
  });
}

/** Systems in which one kind of setting alone has something to gain; by kind. Their endpoint replies with `oneSettingReply`. */
export const oneSettingSystems = {
  instructions: doubling('instructions', { prompt: prompt('Double it.') }, () => 'obedient'),
  demonstrations: doubling(
    'demonstrations',
    { prompt: prompt('Double it.', { demonstrations: { max: 2 } }) },
    () => 'imitator',
  ),
  /** Nothing that the product proposes helps. */
  own: doubling('own', { prompt: prompt('Say the word.') }, () => 'bewitched'),
  model: doubling('model', { model: model(['sloppy', 'careful']) }, ({ model: chosen }) => chosen as string),
  /** Both are always right. */
  price: doubling('price', { model: model(['dear', 'careful']) }, ({ model: chosen }) => chosen as string),
  hyperparameter: system({
    name: 'hyperparameter',
    input: z.object({ number: z.number() }),
    output: z.object({ half: z.number() }),
    components: [
      component({
        name: 'halver',
        description: 'Multiplies the number',
        input: z.object({ number: z.number() }),
        output: z.object({ half: z.number() }),
        configuration: { factor: range(0.01, 10, { initial: 10, scale: 'log' }) },
        deterministic: true,
        run: ({ number }, { configuration: { factor } }) => ({ half: factor * number }),
      }),
    ],
    metric: ({ number }: Row, { half }) => 1 / (1 + Math.abs(Math.log(half / (number / 2)))),
    dataset,
  }),
} as const satisfies Record<string, System>;

/** Twice the number, where the model has what it needs: few words asked for, an example, care or luck. */
export function oneSettingReply({ model: name, messages }: ScriptedChatRequest): string {
  const number = Number(/(\d+)\n\w+:\s*$/.exec(messages.at(-1)?.content ?? '')?.[1]);
  const told = messages.find(({ role }) => role === 'system')?.content ?? '';
  const right =
    (name === 'obedient' && /\b(brief|briefly|short|only|exactly)\b/i.test(told)) ||
    (name === 'bewitched' && told.includes('abracadabra')) ||
    (name === 'imitator' && messages.some(({ role }) => role === 'assistant')) ||
    (name === 'sloppy' && number % 3 === 0) ||
    name === 'careful' ||
    name === 'dear';
  return right ? String(2 * number) : `about ${number}`;
}
