import type OpenAI from 'openai';
import { contentHash } from '../../core/system/canonical-json';
import { estimateTokens } from '../../core/system/token-estimate';
import { DefinitionError } from '../../core/system/definition-error';
import { InfrastructureError } from '../../core/system/infrastructure-error';
import type { ChatRequest, ChatResponse, Usage } from '../../core/system/run-context';
import { chatBound, embeddingBound, type CallBound } from './call-bound';
import type { CallRates } from './call-line';
import { checkEndpoints } from './check-endpoints';
import { didYouMean } from './closest-name';
import { Endpoint } from './endpoint';
import type { EndpointModel, EndpointOptions, Price } from './endpoint-options';
import type { Place } from './fair-semaphore';
import { parseChat, parseEmbeddings, parseModelList } from './parse-reply';
import { usageOf } from './usage-of';

/** How one chat call is drawn. */
export interface ChatOptions {
  /** Sent only when `temperature` is above 0: greedy decoding has no randomness to seed. */
  seed?: number | undefined;
  temperature: number;
  signal: AbortSignal;
  /** For whom; decides who goes first where calls wait. */
  place?: Place | undefined;
}

/** What the memo and the reports need to know about a model. */
export interface ModelDescription {
  endpoint: string;
  baseURL: string;
  /** What the endpoint is known by in memo keys. */
  identity: string;
  /** The endpoint's own name for the model. */
  id: string;
  pure: boolean;
  /** Most tokens of a reply when the request does not say. */
  maxTokens: number | undefined;
  price: Price | undefined;
}

export interface EmbedResult {
  /** One vector per text, in the order of the texts: `[texts.length, dimension]`. */
  vectors: number[][];
  usage: Usage;
}

/** What an endpoint answered to `GET /models`. */
export interface PingResult {
  endpoint: string;
  baseURL: string;
  /** Milliseconds. */
  latencyMs: number;
  /** The ids that the endpoint lists; undefined when it keeps no list. */
  served: string[] | undefined;
  /** Names of configured models (of those asked for) whose id is not in the list. */
  missing: string[];
}

/** A reply's share of the rate, before it is known, where nothing limits it. */
const usualReplyTokens = 512;

interface ConfiguredModel {
  name: string;
  id: string;
  price: Price | undefined;
  options: EndpointModel;
  endpoint: Endpoint;
}

/**
 * All language models of a configuration, by name. Calls are never retried here, but for 429s that are waited out
 * where the workers share the rate; failures are InfrastructureErrors that say whether and when to try again.
 *
 * @example
 * const models = new LanguageModels({ openai: { models: { small: { id: 'gpt-4o-mini' } } } });
 * const { text } = await models.chat({ model: 'small', messages }, { temperature: 0, signal });
 */
export class LanguageModels {
  readonly #endpoints: ReadonlyMap<string, Endpoint>;
  readonly #models: ReadonlyMap<string, ConfiguredModel>;
  /** Hash of what every model's name stands for: part of the memo key of anything that may call one. Prices do not count. */
  readonly identity: string;

  /**
   * @param environment where `OPENAI_BASE_URL` and `OPENAI_API_KEY` are looked up.
   * @param rates where the workers share the call rates of endpoints; without it, rates are not kept.
   * @throws DefinitionError as `checkEndpoints` does.
   */
  constructor(
    endpoints: Readonly<Record<string, EndpointOptions>>,
    environment: Readonly<Record<string, string | undefined>> = process.env,
    rates?: CallRates,
  ) {
    checkEndpoints(endpoints);
    this.#endpoints = new Map(
      Object.entries(endpoints).map(([name, options]) => [name, new Endpoint(name, options, environment, rates)]),
    );
    this.#models = new Map(
      [...this.#endpoints.values()].flatMap((endpoint) =>
        Object.entries(endpoint.options.models).map(([name, options]) => [
          name,
          { name, id: options.id ?? name, price: options.price, options, endpoint },
        ]),
      ),
    );
    this.identity = contentHash(
      Object.fromEntries(
        this.names.map((name) => {
          const { identity, id, pure, maxTokens } = this.describe(name);
          return [name, { identity, id, pure, maxTokens }];
        }),
      ),
    );
  }

  /** Names of all models, in the order of the configuration. */
  get names(): readonly string[] {
    return [...this.#models.keys()];
  }

  has(model: string): boolean {
    return this.#models.has(model);
  }

  /** @throws DefinitionError for an unknown model, listing the known ones. */
  describe(model: string): ModelDescription {
    const { endpoint, id, options } = this.#find(model);
    const { name, baseURL } = endpoint;
    const { identity = baseURL, pure = false } = endpoint.options;
    const { maxTokens, price } = options;
    return { endpoint: name, baseURL, identity, id, pure, maxTokens, price };
  }

  /**
   * One chat completion.
   *
   * @throws InfrastructureError when the endpoint fails, as a BilledFailure where its reply cannot be used and says what it
   * used; an AbortError when `signal` aborts; DefinitionError for an
   * unknown model.
   */
  async chat(request: ChatRequest, { seed, temperature, signal, place }: ChatOptions): Promise<ChatResponse> {
    const model = this.#find(request.model);
    const maxTokens = request.maxTokens ?? model.options.maxTokens;
    const body: OpenAI.ChatCompletionCreateParamsNonStreaming = {
      model: model.id,
      messages: request.messages.map(({ role, content }) => ({ role, content })),
      temperature,
      ...(seed !== undefined && temperature > 0 ? { seed } : {}),
      // OpenAI's newer models refuse `max_tokens`; most other servers know nothing else.
      ...(maxTokens === undefined
        ? {}
        : model.endpoint.isOpenAI
          ? { max_completion_tokens: maxTokens }
          : { max_tokens: maxTokens }),
      ...(request.stop?.length ? { stop: request.stop } : {}),
      ...(request.json ? { response_format: { type: 'json_object' } } : {}),
    };
    const prompt = request.messages.map(({ content }) => content).join('');
    const { value, latencyMs } = await model.endpoint.call(
      { model, signal, place, tokens: estimateTokens(prompt) + (maxTokens ?? usualReplyTokens) },
      (client, options) => client.chat.completions.create(body, options),
      (reply) => parseChat(reply.body, reply.status, prompt),
      ({ promptTokens, completionTokens }) => promptTokens + completionTokens,
    );
    return {
      text: value.text,
      finishReason: value.finishReason,
      usage: usageOf(value, latencyMs, model.price),
    };
  }

  /**
   * Embeds texts in one request. No text, no request.
   *
   * @throws as `chat` does.
   */
  async embed(
    { model: name, texts }: { model: string; texts: readonly string[] },
    { signal, place }: { signal: AbortSignal; place?: Place | undefined },
  ): Promise<EmbedResult> {
    const model = this.#find(name);
    if (texts.length === 0)
      return { vectors: [], usage: { promptTokens: 0, completionTokens: 0, usd: 0, latencyMs: 0 } };
    const { value, latencyMs } = await model.endpoint.call(
      { model, signal, place, tokens: estimateTokens(texts.join('')) },
      // Not every server knows base64, the client's default.
      (client, options) =>
        client.embeddings.create({ model: model.id, input: [...texts], encoding_format: 'float' }, options),
      (reply) => parseEmbeddings(reply.body, reply.status, texts),
      ({ promptTokens }) => promptTokens,
    );
    const tokens = { promptTokens: value.promptTokens, completionTokens: 0 };
    return { vectors: value.vectors, usage: usageOf(tokens, latencyMs, model.price) };
  }

  /** The most that a chat can cost. @throws DefinitionError for an unknown model. */
  chatBound(request: ChatRequest): CallBound {
    const { options } = this.#find(request.model);
    return chatBound(request.messages, request.maxTokens ?? options.maxTokens, options.price);
  }

  /** The most that an embedding can cost. @throws DefinitionError for an unknown model. */
  embeddingBound({ model, texts }: { model: string; texts: readonly string[] }): CallBound {
    return embeddingBound(texts, this.#find(model).options.price);
  }

  /**
   * Asks an endpoint (by its own name, or by that of one of its models) for its list of models: free, and enough to see
   * that it runs, that the key is accepted and that the models exist.
   *
   * @throws InfrastructureError when it cannot be reached or refuses the key.
   */
  async ping(modelOrEndpoint: string, { signal }: { signal?: AbortSignal } = {}): Promise<PingResult> {
    const named = this.#endpoints.get(modelOrEndpoint);
    const models = named
      ? [...this.#models.values()].filter(({ endpoint }) => endpoint === named)
      : [this.#find(modelOrEndpoint, true)];
    const endpoint = named ?? (models[0] as ConfiguredModel).endpoint;
    const start = performance.now();
    const served = await endpoint
      .call(
        { model: undefined, signal: signal ?? new AbortController().signal, tokens: 0 },
        (client, options) => client.models.list(options),
        (reply) => parseModelList(reply.body, reply.status),
      )
      .then(({ value }) => value)
      .catch((error: unknown) => {
        // A server without this route still answered.
        if (InfrastructureError.isInstance(error) && (error.status === 404 || error.status === 405)) return undefined;
        throw error;
      });
    const latencyMs = Math.round(performance.now() - start);
    const missing = served ? models.filter(({ id }) => !served.includes(id)).map(({ name }) => name) : [];
    return { endpoint: endpoint.name, baseURL: endpoint.baseURL, latencyMs, served, missing };
  }

  #find(name: string, orEndpoint = false): ConfiguredModel {
    const model = this.#models.get(name);
    if (model) return model;
    const known = [...(orEndpoint ? this.#endpoints.keys() : []), ...this.#models.keys()];
    const list = known.length === 0 ? 'the configuration has no endpoints' : `known are ${known.join(', ')}`;
    throw new DefinitionError(
      `no ${orEndpoint ? 'endpoint or model' : 'model'} is named '${name}': ${list}${didYouMean(name, known)}`,
    );
  }
}
