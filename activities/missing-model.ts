import type { System } from '../core/system/system';
import type { LanguageModels } from '../providers/language-models';

/** Which model a system offers that no endpoint has, in words; undefined: all are there. */
export function missingModel(system: System, models: Pick<LanguageModels, 'has' | 'names'>): string | undefined {
  for (const item of system.components) {
    for (const [variable, definition] of Object.entries(item.configuration)) {
      const missing = definition.type === 'model' ? definition.models.find((name) => !models.has(name)) : undefined;
      if (missing !== undefined) {
        return (
          `component '${item.name}': variable '${variable}' offers model '${missing}', which no endpoint of the config has; ` +
          `known models: ${models.names.join(', ') || 'none'}`
        );
      }
    }
  }
  return undefined;
}
