/** US dollars per million tokens. */
export interface Price {
  promptPerMillion: number;
  completionPerMillion: number;
}

/** One model of an endpoint, under the name by which components ask for it. */
export interface EndpointModel {
  /** The endpoint's own name for it; default: the key in `models`. */
  id?: string | undefined;
  /** Absent: calls are counted as free. */
  price?: Price | undefined;
  /** Most tokens of a reply when the request does not say. */
  maxTokens?: number | undefined;
}

/** An OpenAI-compatible endpoint of the configuration's `endpoints`. */
export interface EndpointOptions {
  /** Default: `OPENAI_BASE_URL`, else OpenAI itself. */
  baseURL?: string | undefined;
  /**
   * Default: `OPENAI_API_KEY`, but only where the endpoint is the one of `OPENAI_BASE_URL` (or OpenAI itself),
   * so that the key is never sent to another host. Without a key no `Authorization` header is sent.
   */
  apiKey?: string | undefined;
  models: Readonly<Record<string, EndpointModel>>;
  /** Most calls in flight from this process; default 8. */
  concurrency?: number | undefined;
  /**
   * Most requests a minute, by all workers and runs together that call the same endpoint (its `identity`, else its base
   * URL) on one database; default: as many as the endpoint takes. A twentieth of it may be sent at once.
   */
  requestsPerMinute?: number | undefined;
  /** Most prompt and completion tokens a minute, in the same way; counted by estimate, then corrected by the reply. */
  tokensPerMinute?: number | undefined;
  /** Milliseconds for one call, waiting for a free slot or for the rate not included; default 60,000, at most 300,000. */
  timeoutMs?: number | undefined;
  /** Replies are a pure function of the request: the memo then needs no draw id. Default false. */
  pure?: boolean | undefined;
  /**
   * What the memo knows the endpoint by; default its base URL. For one whose address changes while its models stay, such
   * as a server on a free port.
   */
  identity?: string | undefined;
  /** Sent with every request; their values are treated as secrets. */
  headers?: Readonly<Record<string, string>> | undefined;
}

export const DEFAULT_CONCURRENCY = 8;
export const DEFAULT_TIMEOUT_MS = 60_000;
/** The HTTP client under `fetch` gives up waiting for headers after 300 s, so a longer limit could not be kept. */
export const LONGEST_TIMEOUT_MS = 300_000;
/** Tokens that a reply is counted with where neither request nor model says `maxTokens`. */
export const ASSUMED_REPLY_TOKENS = 4_096;
