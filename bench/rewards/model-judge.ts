import type { PreferencePair } from '../../core/preference/preference-pair';
import { randomStream } from '../../core/random/stream';
import { fieldText } from '../../core/reward/field-text';
import { contentHash } from '../../core/system/canonical-json';
import type { JsonObject } from '../../core/system/json';
import type { ModelClients } from '../../core/system/run-context';
import type { Judge } from './real-alignment';

/** Longer fields are cut: small models lose the thread. */
const mostCharacters = 600;

/**
 * A language model as the judge of two outputs, shown in random order: what the paper compares its rewards with (table 3). A
 * reply that names neither is a tie.
 */
export function modelJudge(models: ModelClients, model: string, description: string): Judge {
  return async ({ inputs, preferred, rejected }: PreferencePair): Promise<number> => {
    const stream = randomStream(0, 'judge', contentHash([inputs, preferred, rejected]));
    const preferredIsA = stream.uniform() < 0.5;
    const [a, b] = preferredIsA ? [preferred, rejected] : [rejected, preferred];
    const content = [
      `A component of a system: ${description}`,
      `Input:\n${shown(inputs)}`,
      `Output A:\n${shown(a)}`,
      `Output B:\n${shown(b)}`,
      'Which output is better? Reply with one letter, A or B.',
    ].join('\n\n');
    const { text } = await models.chat({ model, messages: [{ role: 'user', content }], maxTokens: 4, temperature: 0 });
    const letter = /\b[AB]\b/.exec(text)?.[0];
    if (letter === undefined) return 0;
    return (letter === 'A') === preferredIsA ? 1 : -1;
  };
}

function shown(fields: JsonObject): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${fieldText(value).slice(0, mostCharacters)}`)
    .join('\n');
}
