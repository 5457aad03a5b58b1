import type { PreferencePair } from '../../core/preference/preference-pair';
import { fieldText } from '../../core/reward/field-text';
import type { JsonObject } from '../../core/system/json';
import type { ModelClients } from '../../core/system/run-context';
import { mean } from '../../core/validation/moments';
import { namedOutput } from './named-output';
import type { Judge } from './real-alignment';

/** Longer fields are cut: small models lose the thread. */
const mostCharacters = 600;

/**
 * A language model as the judge of two outputs: what the paper compares its rewards with (table 3). It is asked in both orders,
 * since small models like one place better than the other; the mean of the two counts, so that a judge that always names the
 * same letter orders nothing. A reply that names neither, or both, is a tie.
 */
export function modelJudge(models: Pick<ModelClients, 'chat'>, model: string, description: string): Judge {
  return async ({ inputs, preferred, rejected }: PreferencePair): Promise<number> => {
    /** 1: the first of the two is better. */
    const ask = async (first: JsonObject, second: JsonObject): Promise<number> => {
      const content = [
        `A component of a system: ${description}`,
        `Input:\n${shown(inputs)}`,
        `Output A:\n${shown(first)}`,
        `Output B:\n${shown(second)}`,
        'Which output is better? Reply with one letter, A or B.',
      ].join('\n\n');
      const messages = [{ role: 'user' as const, content }];
      const { text } = await models.chat({ model, messages, maxTokens: 4, temperature: 0 });
      return { A: 1, B: -1, neither: 0 }[namedOutput(text) ?? 'neither'];
    };
    return mean([await ask(preferred, rejected), -(await ask(rejected, preferred))]);
  };
}

function shown(fields: JsonObject): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${fieldText(value).slice(0, mostCharacters)}`)
    .join('\n');
}
