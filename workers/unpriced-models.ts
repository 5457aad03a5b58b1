import type { EndpointOptions } from '../providers/language-models';
import { resolveEndpoint } from '../providers/language-models/resolve-endpoint';
import { isLoopback } from './local-endpoint';

/**
 * Names of the models that may cost money that nobody can count: they have no price, and are not on this machine. A model
 * that is free elsewhere has a price of 0.
 *
 * @throws DefinitionError for a base URL that cannot be one.
 */
export function unpricedModels(
  endpoints: Readonly<Record<string, EndpointOptions>>,
  environment: NodeJS.ProcessEnv,
): string[] {
  return Object.entries(endpoints).flatMap(([name, endpoint]) =>
    isLoopback(resolveEndpoint(name, endpoint, environment).baseURL)
      ? []
      : Object.entries(endpoint.models).flatMap(([model, { price }]) => (price === undefined ? [model] : [])),
  );
}
