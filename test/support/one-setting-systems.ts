import { z } from 'zod';
import { component } from '../../core/system/component';
import { system, type System } from '../../core/system/system';
import { model, prompt, range } from '../../core/system/variable';
import { doubling, doublingReply, numbers, type NumberRow } from './doubling-system';
import type { ScriptedChatRequest } from './scripted-endpoint-options';

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
  latency: doubling('latency', { model: model(['distant', 'careful']) }, ({ model: chosen }) => chosen as string),
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
    metric: ({ number }: NumberRow, { half }) => 1 / (1 + Math.abs(Math.log(half / (number / 2)))),
    dataset: numbers,
  }),
} as const satisfies Record<string, System>;

/** Twice the number, where the model has what it needs: few words asked for, an example, care or luck. */
export function oneSettingReply(request: ScriptedChatRequest): string {
  const { model: name } = request;
  return doublingReply(
    request,
    ({ number, instructions, isShown, isBrief }) =>
      (name === 'obedient' && isBrief) ||
      (name === 'bewitched' && instructions.includes('abracadabra')) ||
      (name === 'imitator' && isShown) ||
      (name === 'sloppy' && number % 3 === 0) ||
      name === 'careful' ||
      name === 'dear' ||
      name === 'distant',
  );
}
