import { DefinitionError } from '../../core/system/definition-error';
import type { ChatRequest } from '../../core/system/run-context';

/**
 * Checks the longest reply that a request asks for: what the call may cost is computed from it.
 *
 * @param role who calls: a component's name, `metric` or `proposer`.
 * @throws DefinitionError naming the call, what was given and what is expected.
 */
export function checkMaxTokens(role: string, { model, maxTokens }: ChatRequest): void {
  if (maxTokens === undefined || (Number.isSafeInteger(maxTokens) && maxTokens >= 1)) return;
  const given =
    typeof maxTokens === 'number' ? String(maxTokens) : `${JSON.stringify(maxTokens)} (${typeof maxTokens})`;
  throw new DefinitionError(
    `'${role}': its call of model '${model}' has maxTokens ${given}; expected a whole number of tokens of at least 1; ` +
      "round it, or leave it out for the model's own maxTokens",
  );
}
