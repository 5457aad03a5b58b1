import type { Objectives } from '../core/run/utility';
import { DefinitionError } from '../core/system/definition-error';
import type { System } from '../core/system/system';
import type { LanguageModels } from '../providers/language-models';

/**
 * Where money is an objective, a model without a price would pass for a free one.
 *
 * @throws DefinitionError naming a model that the system may choose and that has no price.
 */
export function requirePrices(
  system: System,
  { scorePerUsd }: Objectives,
  models: Pick<LanguageModels, 'describe'>,
): void {
  if (!(scorePerUsd > 0)) return;
  for (const item of system.components) {
    for (const [variable, definition] of Object.entries(item.configuration)) {
      if (definition.type !== 'model') continue;
      const unpriced = definition.models.find((name) => models.describe(name).price === undefined);
      if (unpriced === undefined) continue;
      throw new DefinitionError(
        `money is an objective (scorePerUsd ${scorePerUsd}), but model '${unpriced}', which component '${item.name}' ` +
          `may choose (variable '${variable}'), has no price: give one in the config's endpoints, of 0 where it is free`,
      );
    }
  }
}
