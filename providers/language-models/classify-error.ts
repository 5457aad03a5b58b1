import OpenAI from 'openai';
import { InfrastructureError, type InfrastructureFailureKind } from '../../core/system/infrastructure-error';
import { MalformedReply } from './malformed-reply';
import { retryAfterMs } from './retry-after';

/** Where a call went: what its error message must name. */
export interface CallSite {
  endpoint: string;
  baseURL: string;
  /** The model's configured name and its id at the endpoint; undefined for a ping of the endpoint. */
  model: { name: string; id: string } | undefined;
  /** Where to look when the key is refused, such as `OPENAI_API_KEY`. */
  keySource: string;
  hasKey: boolean;
  timeoutMs: number;
  /** Takes secrets out of a text that came from outside. */
  redact: (text: string) => string;
}

/** Statuses that say that another request might be answered. */
const requestsFault: ReadonlySet<number> = new Set([400, 406, 413, 414, 422, 431]);

/** Most characters of the server's own words in a message. */
const LONGEST_DETAIL = 300;

/**
 * Turns whatever a model call threw into an InfrastructureError: the one place where it is decided what can be done.
 *
 * Retryable: 408, 409, 425, 429, 5xx, lost connection, timeout, malformed body. Permanent, which is this request's fault: 400,
 * 404, 406, 413, 414, 422, 431, and what could not be sent at all. Systematic, which a person must mend: 401, 402, 403,
 * exhausted quota, and every other status (405, a model that was retired, ...).
 */
export function classifyError(error: unknown, site: CallSite): InfrastructureError {
  const { kind, text, status } = describeFailure(error, site);
  return new InfrastructureError(`endpoint '${site.endpoint}' ${text}`, {
    kind,
    status,
    retryAfterMs:
      kind === 'retryable' && error instanceof OpenAI.APIError ? retryAfterMs(error.headers, Date.now()) : undefined,
    cause: redactedCause(error, site),
  });
}

interface Failure {
  kind: InfrastructureFailureKind;
  text: string;
  status?: number;
}

function describeFailure(error: unknown, site: CallSite): Failure {
  const forModel = site.model ? ` for model '${site.model.name}'` : '';
  if (error instanceof MalformedReply) {
    const text = `sent a malformed reply${forModel} (${error.status}): ${error.message}; check that baseURL ${site.baseURL} is an OpenAI-compatible API`;
    return { kind: 'retryable', text, status: error.status };
  }
  if (error instanceof OpenAI.APIConnectionTimeoutError) {
    const text = `gave no complete reply${forModel} within ${site.timeoutMs} ms: it may be overloaded; the endpoint's timeoutMs allows more time`;
    return { kind: 'retryable', text };
  }
  if (error instanceof OpenAI.APIConnectionError) {
    const text = `cannot be reached at ${site.baseURL}${forModel} (${connectionFault(error, site)}): check that it is running and that baseURL is right`;
    return { kind: 'retryable', text };
  }
  if (error instanceof OpenAI.APIError && typeof error.status === 'number') {
    return { ...describeStatus(error, error.status, site, forModel), status: error.status };
  }
  const text = `could not be called${forModel}: ${site.redact(messageOf(error)).slice(0, LONGEST_DETAIL)}`;
  return { kind: 'permanent', text };
}

function describeStatus(
  error: InstanceType<typeof OpenAI.APIError>,
  status: number,
  site: CallSite,
  forModel: string,
): Failure {
  // Redacted before it is cut, so that no part of a key survives at the cut.
  const said = site.redact(error.message.replace(/^\d{3} /, '')).slice(0, LONGEST_DETAIL);
  const detail = said === 'status code (no body)' ? '' : `; it said: ${said}`;
  const exhausted = error.code === 'insufficient_quota' || error.type === 'insufficient_quota';

  if (status === 402 || (status === 429 && exhausted)) {
    const text = `has no quota left${forModel} (${status}): add credit or raise the limit at the provider${detail}`;
    return { kind: 'systematic', text };
  }
  if (status === 401) {
    const text = site.hasKey
      ? `refused the key${forModel} (401): check ${site.keySource}${detail}`
      : `wants a key${forModel} (401) and none is set: set ${site.keySource}${detail}`;
    return { kind: 'systematic', text };
  }
  if (status === 403) {
    const text = `denied access${forModel} (403): check what the key in ${site.keySource} may use${detail}`;
    return { kind: 'systematic', text };
  }
  if (status === 429) {
    const text = `limits the rate${forModel} (429): the call can be retried; a lower concurrency of the endpoint avoids this${detail}`;
    return { kind: 'retryable', text };
  }
  if (status === 408 || status === 409 || status === 425 || status >= 500) {
    return { kind: 'retryable', text: `failed${forModel} (${status}): the call can be retried${detail}` };
  }
  if (status === 404) {
    const looked = site.model ? `model id '${site.model.id}' or ` : '';
    return {
      kind: 'permanent',
      text: `found nothing${forModel} (404): check ${looked}baseURL ${site.baseURL}${detail}`,
    };
  }
  if (requestsFault.has(status)) {
    return { kind: 'permanent', text: `rejected the request${forModel} (${status}): correct the request${detail}` };
  }
  const text = `cannot be used${forModel} (${status}): check baseURL ${site.baseURL}, what is between it and here, and that the model is still offered${detail}`;
  return { kind: 'systematic', text };
}

/** The system's code of a broken connection (`ECONNREFUSED`), which fetch hides two causes deep, or its message. */
function connectionFault(error: Error, site: CallSite): string {
  let deepest: unknown = error;
  for (let depth = 0; depth < 8; depth++) {
    const { code, cause } = deepest as { code?: unknown; cause?: unknown };
    if (typeof code === 'string') return code;
    if (typeof cause !== 'object' || cause === null) break;
    deepest = cause;
  }
  return site.redact(messageOf(deepest)).slice(0, LONGEST_DETAIL);
}

/** The original error without its headers, body and nested causes: any of them may hold what the server echoed. */
function redactedCause(error: unknown, site: CallSite): Error {
  const cause = new Error(site.redact(messageOf(error)));
  if (error instanceof Error) {
    cause.name = error.constructor.name;
    cause.stack = site.redact(error.stack ?? '');
  }
  return cause;
}

function messageOf(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : String(error);
}
