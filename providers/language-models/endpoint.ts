import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai';
import { InfrastructureError } from '../../core/system/infrastructure-error';
import { abortError } from './abort-error';
import { BilledFailure } from './billed-failure';
import { CallLine, type CallRates } from './call-line';
import { type CallSite, classifyError } from './classify-error';
import { EndpointClient } from './endpoint-client';
import { DEFAULT_CONCURRENCY, DEFAULT_TIMEOUT_MS, type EndpointOptions, type Price } from './endpoint-options';
import { FairSemaphore, type Place } from './fair-semaphore';
import { MalformedReply } from './malformed-reply';
import { parseBody } from './parse-reply';
import { redactor } from './redact';
import { RefusalPatience, type Patience } from './refusal-patience';
import { resolveEndpoint } from './resolve-endpoint';
import { usageOf } from './usage-of';

/** A reply whose body is a JSON object. */
export interface RawReply {
  status: number;
  body: Record<string, unknown>;
}

/** A model as the endpoint's messages name it, with what its tokens cost. */
export type CalledModel = NonNullable<CallSite['model']> & { price?: Price | undefined };

/** What a call waits for, and for whom. */
export interface CallTerms {
  /** Undefined for what costs nothing. */
  model: CalledModel | undefined;
  signal: AbortSignal;
  place?: Place | undefined;
  /** Tokens that it will take, by estimate. */
  tokens: number;
}

/** One endpoint: its client, its slots, and what its failures must be called. Nothing of it prints its key. */
export class Endpoint {
  readonly name: string;
  readonly baseURL: string;
  readonly isOpenAI: boolean;
  readonly options: Pick<EndpointOptions, 'models' | 'pure' | 'identity'>;
  readonly #client: EndpointClient;
  readonly #slots: FairSemaphore;
  readonly #line: CallLine | undefined;
  readonly #patience: Patience | undefined;
  readonly #site: Omit<CallSite, 'model'>;

  /**
   * @param rates where all workers keep the endpoint's call rate; without it no rate is kept.
   * @param patience other than the usual one with 429s.
   */
  constructor(
    name: string,
    options: EndpointOptions,
    environment: Readonly<Record<string, string | undefined>>,
    rates?: CallRates,
    patience?: Patience,
  ) {
    const { baseURL, isOpenAI, apiKey, keySource } = resolveEndpoint(name, options, environment);
    const headers = options.headers ?? {};
    const ownAuthorization = Object.keys(headers).some((header) => header.toLowerCase() === 'authorization');
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.name = name;
    this.baseURL = baseURL;
    this.isOpenAI = isOpenAI;
    this.options = { models: options.models, pure: options.pure, identity: options.identity };
    this.#slots = new FairSemaphore(options.concurrency ?? DEFAULT_CONCURRENCY);
    const limits = { requests: options.requestsPerMinute, tokens: options.tokensPerMinute };
    this.#line = rates && new CallLine(rates, options.identity ?? baseURL, limits);
    this.#patience = patience;
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
   * Waits for a slot and for the rate, sends, and reads the whole reply; the time limit covers sending and reading, not
   * the waits. Where the rate is shared, 429s are waited out up to a bound.
   *
   * @param parse reads what is wanted out of the reply; a MalformedReply that it throws is a failure of the endpoint.
   * @param used tokens that the reply says were used.
   * @throws InfrastructureError (a BilledFailure for a useless reply that is paid for), StorageError, or an AbortError when
   * the signal aborts.
   */
  async call<T>(
    terms: CallTerms,
    send: (client: OpenAI, options: { signal: AbortSignal }) => { asResponse(): Promise<Response> },
    parse: (reply: RawReply) => T,
    used: (value: T) => number = () => 0,
  ): Promise<{ value: T; latencyMs: number }> {
    const { model, signal, place, tokens } = terms;
    // A list of models costs nothing and must not wait.
    const line = model === undefined ? undefined : this.#line;
    // One signal of an activity is shared by all its calls: many listeners are no leak here, each is taken off again.
    setMaxListeners(0, signal);
    const release = await this.#slots.acquire(signal, place).catch(() => Promise.reject(abortError(signal)));
    try {
      const patience = new RefusalPatience(this.#patience);
      for (;;) {
        await line?.enter(tokens, signal);
        const sent = performance.now();
        try {
          const reply = await this.#send(model, signal, send, parse);
          line?.correct(used(reply.value) - tokens);
          return reply;
        } catch (error) {
          if (line === undefined || !isRefusal(error)) throw error;
          // A time that is past already says no more than none.
          const retryAfterMs = error.retryAfterMs === 0 ? undefined : error.retryAfterMs;
          const now = performance.now();
          await line.refused(retryAfterMs, now - sent);
          // The line is closed for as long as the endpoint says; this is the least that the call waits beside it.
          const waitMs = patience.refused(retryAfterMs, now);
          if (waitMs === undefined) throw error;
          await sleep(waitMs, undefined, { signal });
        }
      }
    } catch (error) {
      throw signal.aborted ? abortError(signal) : error;
    } finally {
      release();
    }
  }

  async #send<T>(
    model: CalledModel | undefined,
    signal: AbortSignal,
    send: (client: OpenAI, options: { signal: AbortSignal }) => { asResponse(): Promise<Response> },
    parse: (reply: RawReply) => T,
  ): Promise<{ value: T; latencyMs: number }> {
    signal.throwIfAborted();
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
      const classified = classifyError(failure, { ...this.#site, model });
      const tokens = error instanceof MalformedReply ? error.tokens : undefined;
      if (tokens === undefined || model === undefined) throw classified;
      throw new BilledFailure(classified, usageOf(tokens, performance.now() - start, model.price));
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  }
}

/** True for a 429 that time cures; used-up quota is another matter. */
function isRefusal(error: unknown): error is InfrastructureError {
  return InfrastructureError.isInstance(error) && error.status === 429 && error.kind === 'retryable';
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
