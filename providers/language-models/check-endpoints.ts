import { DefinitionError } from '../../core/system/definition-error';
import { didYouMean } from './closest-name';
import { type EndpointOptions, LONGEST_TIMEOUT_MS } from './endpoint-options';
import { urlFault } from './url-fault';

/** The fault of a value, continuing the sentence "<where> ..."; undefined when there is none. */
type Check = (value: unknown) => string | undefined;

const ENDPOINT_FIELDS: Record<string, Check> = {
  baseURL: (value) => (typeof value === 'string' ? urlFault(value.trim()) : 'must be a text'),
  apiKey: secretFault,
  models: (value) => (isRecord(value) && Object.keys(value).length > 0 ? undefined : 'must name at least one model'),
  concurrency: (value) => (isWhole(value, 1, Infinity) ? undefined : 'must be a whole number of at least 1'),
  requestsPerMinute: rateFault,
  tokensPerMinute: rateFault,
  timeoutMs: (value) =>
    isWhole(value, 1, LONGEST_TIMEOUT_MS)
      ? undefined
      : `must be a whole number of milliseconds from 1 to ${LONGEST_TIMEOUT_MS}`,
  pure: (value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
  identity: nonEmptyText,
  headers: (value) => {
    if (!isRecord(value)) return 'must be an object of header names and values';
    for (const [name, content] of Object.entries(value)) {
      if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return `has the header name '${name}', which HTTP does not allow`;
      const fault = secretFault(content);
      if (fault) return `: the value of '${name}' ${fault}`;
    }
    return undefined;
  },
};

const MODEL_FIELDS: Record<string, Check> = {
  id: nonEmptyText,
  price: (value) => {
    if (!isRecord(value)) return 'must be { promptPerMillion, completionPerMillion } in US dollars';
    const known = ['promptPerMillion', 'completionPerMillion'];
    const unknown = Object.keys(value).find((field) => !known.includes(field));
    if (unknown !== undefined) return `has no field '${unknown}'${didYouMean(unknown, known)}`;
    const wrong = known.find((field) => !isPrice(value[field]));
    return wrong && `.${wrong} must be a number of US dollars of at least 0, not ${String(value[wrong])}`;
  },
  maxTokens: (value) => (isWhole(value, 1, Infinity) ? undefined : 'must be a whole number of at least 1'),
};

/**
 * Checks the `endpoints` of a configuration, which may come from untyped JavaScript. An empty object is fine: a system
 * may use no language model.
 *
 * @throws DefinitionError naming endpoint, model and field. It never quotes a key or a header's value.
 */
export function checkEndpoints(endpoints: unknown): asserts endpoints is Readonly<Record<string, EndpointOptions>> {
  if (!isRecord(endpoints)) throw new DefinitionError('endpoints must be an object of named endpoints');
  const endpointOf = new Map<string, string>();
  for (const [name, options] of Object.entries(endpoints)) {
    checkFields(`endpoint '${name}'`, options, ENDPOINT_FIELDS, ['models']);
    for (const [model, modelOptions] of Object.entries(options['models'] as Record<string, unknown>)) {
      checkFields(`endpoint '${name}': model '${model}'`, modelOptions, MODEL_FIELDS, []);
      const other = endpointOf.get(model);
      if (other !== undefined) {
        throw new DefinitionError(
          `model '${model}' is in endpoint '${other}' and in endpoint '${name}': rename one and keep its id ` +
            `(for instance '${name}-${model}': { id: '${model}' })`,
        );
      }
      endpointOf.set(model, name);
    }
  }
}

function checkFields(
  where: string,
  value: unknown,
  fields: Record<string, Check>,
  required: readonly string[],
): asserts value is Record<string, unknown> {
  if (!isRecord(value)) throw new DefinitionError(`${where} must be an object`);
  const known = Object.keys(fields);
  for (const [field, content] of Object.entries(value)) {
    const check = fields[field];
    if (!check) {
      const hint = didYouMean(field, known) || `; known are ${known.join(', ')}`;
      throw new DefinitionError(`${where} has no field '${field}'${hint}`);
    }
    const fault = content === undefined ? undefined : check(content);
    if (fault) throw new DefinitionError(`${where}: ${field}${/^[.:]/.test(fault) ? '' : ' '}${fault}`);
  }
  const missing = required.find((field) => value[field] === undefined);
  if (missing !== undefined) throw new DefinitionError(`${where}: ${missing} ${fields[missing]?.(undefined)}`);
}

function rateFault(value: unknown): string | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? undefined : 'must be a number above 0';
}

function nonEmptyText(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() ? undefined : 'must be a non-empty text';
}

/** Keys travel in HTTP headers; a stray line break from a pasted key is the usual mistake. */
function secretFault(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'must be a text';
  if (value !== value.trim()) return 'begins or ends with a space or line break: remove it';
  return /^[\x20-\x7e]*$/.test(value) ? undefined : 'has characters that cannot be sent in an HTTP header';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWhole(value: unknown, low: number, high: number): boolean {
  return Number.isInteger(value) && (value as number) >= low && (value as number) <= high;
}

function isPrice(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
