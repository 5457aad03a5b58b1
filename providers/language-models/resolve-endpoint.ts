import { DefinitionError } from '../../core/system/definition-error';
import type { EndpointOptions } from './endpoint-options';
import { urlFault } from './url-fault';

const OPENAI_URL = 'https://api.openai.com/v1';

/** Where an endpoint is and with which key it is called. */
export interface ResolvedEndpoint {
  /** Without a trailing slash. */
  baseURL: string;
  isOpenAI: boolean;
  apiKey: string | undefined;
  /** Where a person finds or sets the key. */
  keySource: string;
}

/**
 * Fills in base URL and key from `OPENAI_BASE_URL` and `OPENAI_API_KEY`.
 *
 * The key of the environment belongs to the URL of the environment: an endpoint with another `baseURL` never gets it.
 *
 * @throws DefinitionError for a base URL that cannot be one.
 */
export function resolveEndpoint(
  name: string,
  options: Pick<EndpointOptions, 'baseURL' | 'apiKey'>,
  environment: Readonly<Record<string, string | undefined>>,
): ResolvedEndpoint {
  const environmentURL = trimmed(environment['OPENAI_BASE_URL']) ?? OPENAI_URL;
  const baseURL = withoutSlash(trimmed(options.baseURL) ?? environmentURL);
  const fault = urlFault(baseURL);
  if (fault) {
    const source = options.baseURL ? `endpoint '${name}': baseURL` : 'OPENAI_BASE_URL';
    throw new DefinitionError(`${source} ${fault}`);
  }
  const isOpenAI = new URL(baseURL).hostname === new URL(OPENAI_URL).hostname;
  if (options.apiKey) {
    return { baseURL, isOpenAI, apiKey: options.apiKey, keySource: keySource(name, options.apiKey, environment) };
  }
  if (baseURL === withoutSlash(environmentURL)) {
    return { baseURL, isOpenAI, apiKey: trimmed(environment['OPENAI_API_KEY']), keySource: 'OPENAI_API_KEY' };
  }
  return { baseURL, isOpenAI, apiKey: undefined, keySource: `apiKey of endpoint '${name}' in the configuration` };
}

/** Configurations usually say `apiKey: process.env.X`: then the person must look at `X`. */
function keySource(name: string, apiKey: string, environment: Readonly<Record<string, string | undefined>>): string {
  const variable = Object.keys(environment).find((key) => /KEY|TOKEN/i.test(key) && environment[key] === apiKey);
  return variable ?? `apiKey of endpoint '${name}' in the configuration`;
}

function trimmed(text: string | undefined): string | undefined {
  return text?.trim() || undefined;
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
