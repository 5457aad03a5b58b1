import type { Configuration } from '../../core/system/configuration';
import type { JsonObject } from '../../core/system/json';
import { isPromptValue } from '../../core/system/variable';
import { valueText } from './setting-changes';

/** All prompts of a configuration as plain text, each under a heading that names component and variable. */
export function promptTexts(configuration: Configuration): string {
  const sections = Object.entries(configuration).flatMap(([component, settings]) =>
    Object.entries(settings).flatMap(([variable, value]) => {
      if (!isPromptValue(value)) return [];
      const demonstrations = value.demonstrations.map(
        ({ inputs, outputs }, index) => `Example ${index + 1}\n${fieldLines(inputs)}\n${fieldLines(outputs)}`,
      );
      return [[`=== ${component}.${variable} ===`, value.instructions, ...demonstrations].join('\n\n')];
    }),
  );
  return sections.join('\n\n\n');
}

function fieldLines(fields: JsonObject): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${valueText(value)}`)
    .join('\n');
}
