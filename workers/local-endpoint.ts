import { DefinitionError } from '../core/system/definition-error';
import { chunkTokens } from '../providers/embedded-models';
import type { FoundEndpoint } from '../providers/ladders';
import type { EndpointOptions } from '../providers/language-models';

/** More models than these are not offered to a system unasked: each is one more setting to try. */
const mostModels = 2;

export interface LocalEndpoint {
  endpoints: Record<string, EndpointOptions>;
  unknownPrices: boolean;
  /** What a person should know about the choice. */
  notes: string[];
}

/**
 * The endpoint `local` made of what the ladder found. Its models: `OPTIMAS_MODELS` (names, separated by commas), else
 * what the endpoint lists.
 *
 * @throws DefinitionError when it lists none, or, where calls may cost money, too many to choose unasked.
 */
export function localEndpoint(found: FoundEndpoint, step: string, environment: NodeJS.ProcessEnv): LocalEndpoint {
  const { baseURL, pure, server } = found;
  const chosen = (environment['OPTIMAS_MODELS'] ?? '').split(',').flatMap((name) => name.trim() || []);
  const notes: string[] = [];
  // A step that a person configured is the only one that may lead to a paid service.
  const paid = step.startsWith('OPENAI_') && !isLoopback(baseURL);
  // A choice is meant for an endpoint of one's own; the embedded models have names that nobody chose.
  let models = server !== undefined ? [...found.models] : chosen.length > 0 ? chosen : [...found.models];
  if (models.length === 0) {
    throw new DefinitionError(`${baseURL} lists no models: name one or two with OPTIMAS_MODELS=name,name`);
  }
  if (chosen.length === 0 && models.length > mostModels) {
    if (paid) {
      throw new DefinitionError(
        `${baseURL} lists ${models.length} models: choose one or two with OPTIMAS_MODELS=name,name`,
      );
    }
    notes.push(`${baseURL} lists ${models.length} models; others are chosen with OPTIMAS_MODELS=name,name`);
    models = models.slice(0, mostModels);
  }
  const local: EndpointOptions = {
    baseURL,
    pure,
    models: Object.fromEntries(models.map((name) => [name, {}])),
    // The embedded server queues what it cannot serve at once, and waiting there counts.
    // It has a new port with every start, but its models are always the same files, read in the same way.
    ...(server === undefined
      ? {}
      : { concurrency: 16, timeoutMs: 300_000, identity: `embedded models, ${chunkTokens} tokens at once` }),
  };
  return { endpoints: { local }, unknownPrices: paid, notes };
}

/** True for a URL of this machine. */
export function isLoopback(baseURL: string): boolean {
  const { hostname } = new URL(baseURL);
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}
