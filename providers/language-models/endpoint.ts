import { setMaxListeners } from 'node:events';
import OpenAI from 'openai';
import { abortError } from './abort-error';
import { type CallSite, classifyError } from './classify-error';
import { EndpointClient } from './endpoint-client';
import { DEFAULT_CONCURRENCY, DEFAULT_TIMEOUT_MS, type EndpointOptions } from './endpoint-options';
import { FairSemaphore } from './fair-semaphore';
import { parseBody } from './parse-reply';
import { redactor } from './redact';
import { resolveEndpoint } from './resolve-endpoint';

/** A reply whose body is a JSON object. */
export interface RawReply {
  status: number;
  body: Record<string, unknown>;
}

/** One endpoint: its client, its slots, and what its failures must be called. Nothing of it prints its key. */
export class Endpoint {
  readonly name: string;
  readonly baseURL: string;
  readonly isOpenAI: boolean;
  readonly options: Pick<EndpointOptions, 'models' | 'pure' | 'identity'>;
  readonly #client: EndpointClient;
  readonly #slots: FairSemaphore;
  readonly #site: Omit<CallSite, 'model'>;

  constructor(name: string, options: EndpointOptions, environment: Readonly<Record<string, string | undefined>>) {
    const { baseURL, isOpenAI, apiKey, keySource } = resolveEndpoint(name, options, environment);
    const headers = options.headers ?? {};
    const ownAuthorization = Object.keys(headers).some((header) => header.toLowerCase() === 'authorization');
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.name = name;
    this.baseURL = baseURL;
    this.isOpenAI = isOpenAI;
    this.options = { models: options.models, pure: options.pure, identity: options.identity };
    this.#slots = new FairSemaphore(options.concurrency ?? DEFAULT_CONCURRENCY);
    this.#client = new EndpointClient({
      baseURL,
      // The client insists on a key; without one its header is taken out again below.
      apiKey: apiKey ?? 'none',
      adminAPIKey: null,
      // Account headers of the environment belong to OpenAI alone.
      ...(isOpenAI ? {} : { organization: null, project: null }),
      defaultHeaders: { ...(apiKey === undefined && !ownAuthorization ? { Authorization: null } : {}), ...headers },
      // Retries are owned by the caller (Temporal), which also counts and spaces them.
      maxRetries: 0,
      timeout: timeoutMs,
      // At its debug level, which an environment variable can switch on, the client prints requests.
      logLevel: 'off',
    });
    this.#site = {
      endpoint: name,
      baseURL,
      keySource,
      hasKey: apiKey !== undefined || ownAuthorization,
      timeoutMs,
      redact: redactor([...(apiKey === undefined ? [] : [apiKey]), ...Object.values(headers)]),
    };
  }

  /**
   * Waits for a slot, sends, and reads the whole reply; the time limit covers sending and reading, not the wait.
   *
   * @param parse reads what is wanted out of the reply; a MalformedReply that it throws is a failure of the endpoint.
   * @throws InfrastructureError, or an AbortError when `signal` aborts.
   */
  async call<T>(
    model: CallSite['model'],
    signal: AbortSignal,
    send: (client: OpenAI, options: { signal: AbortSignal }) => { asResponse(): Promise<Response> },
    parse: (reply: RawReply) => T,
  ): Promise<{ value: T; latencyMs: number }> {
    // One signal of an activity is shared by all its calls: many listeners are no leak here, each is taken off again.
    setMaxListeners(0, signal);
    const release = await this.#slots.acquire(signal).catch(() => Promise.reject(abortError(signal)));
    const limit = new AbortController();
    const stop = () => limit.abort();
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      stop();
    }, this.#site.timeoutMs);
    signal.addEventListener('abort', stop, { once: true });
    const start = performance.now();
    try {
      const response = await send(this.#client, { signal: limit.signal }).asResponse();
      const body = parseBody(await readText(response), response.status);
      return { value: parse({ status: response.status, body }), latencyMs: performance.now() - start };
    } catch (error) {
      if (signal.aborted) throw abortError(signal);
      const failure = timedOut && !hasStatus(error) ? new OpenAI.APIConnectionTimeoutError() : error;
      throw classifyError(failure, { ...this.#site, model });
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      release();
    }
  }
}

/** The body; a connection that breaks half-way is reported like one that breaks before. */
async function readText(response: Response): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    throw new OpenAI.APIConnectionError({
      message: 'the connection broke in the middle of the reply',
      cause: error as Error,
    });
  }
}

/** True when the server did say how it failed, even if it then let its error body hang. */
function hasStatus(error: unknown): boolean {
  return error instanceof OpenAI.APIError && typeof error.status === 'number';
}
