/** The interfaces of the scripted endpoint. Only node: built-ins, so that plain transpilation suffices. */
import type { IncomingHttpHeaders } from 'node:http';

/** The body of a chat request as it came over the wire. */
export interface ScriptedChatRequest {
  model: string;
  messages: { role: string; content: string }[];
  n?: number;
  seed?: number;
  temperature?: number;
  max_tokens?: number;
  max_completion_tokens?: number;
  stop?: string[];
  response_format?: { type: string };
}

/** A fault that one request meets instead of its reply. */
export type Fault =
  | { type: 'rate-limit'; retryAfter?: string | number; retryAfterMs?: number }
  | { type: 'server-error'; status?: number }
  | { type: 'unauthorized' }
  | { type: 'quota' }
  | { type: 'hang' }
  | { type: 'hang-after-headers'; status?: number }
  | { type: 'drop' }
  | { type: 'malformed'; body?: string }
  | { type: 'reply'; status: number; body: unknown; headers?: Record<string, string> };

/** When a fault strikes. All but the function survive JSON. Requests are numbered from 1. */
export type FaultCondition =
  | 'always'
  | { request: number | number[] }
  | { after: number }
  | { every: number }
  | { contains: string }
  | ((request: LoggedRequest) => boolean);

export interface FaultRule {
  when: FaultCondition;
  fault: Fault;
  /** How often the rule strikes before it is spent; default: no limit. */
  times?: number;
}

export interface LoggedRequest {
  /** From 1, in order of arrival. */
  number: number;
  path: string;
  /** Headers in lower case, without `authorization`. */
  headers: IncomingHttpHeaders;
  body: unknown;
  /** SHA-256 of path and body: equal for equal requests. */
  hash: string;
}

/** When a request came, whose it was, and whether its reply got out. */
export interface Arrival {
  /** As in LoggedRequest. */
  number: number;
  hash: string;
  /** Header `x-worker`; empty without one. */
  worker: string;
  /** Milliseconds since 1970. */
  at: number;
  /** When the whole reply had been handed over; null before, and for ever where the client went away first. */
  answeredAt: number | null;
}

export interface RequestCounts {
  total: number;
  chat: number;
  embeddings: number;
  models: number;
  /** Requests that met a fault or were refused. */
  faults: number;
  /** Most requests being answered at the same moment. */
  peakInFlight: number;
  /** How often each distinct request came, by its hash. */
  byHash: Record<string, number>;
}

export interface ScriptedEndpointOptions {
  /** A pure function of the request; `choice` counts from 0 when the request asks for several. */
  reply?: (request: ScriptedChatRequest, choice: number) => string;
  embed?: (text: string, model: string) => number[];
  /** What `/v1/models` lists; default `['scripted']`. Any model name is answered. */
  models?: string[];
  latencyMs?: number;
  /** When set, requests without this key meet 401. */
  apiKey?: string;
  faults?: FaultRule[];
  /** Default 0: any free port. */
  port?: number;
  /** How many of the latest requests keep their body; default 1,000. */
  keepRequests?: number;
  /** False: replies carry no usage. */
  usage?: boolean;
}

export interface ScriptedEndpoint {
  /** Base URL for an OpenAI client: `http://127.0.0.1:PORT/v1`. */
  url: string;
  requests: RequestCounts;
  /** The latest requests, oldest first. */
  log: LoggedRequest[];
  setFaults(faults: FaultRule[]): void;
  setLatency(latencyMs: number): void;
  /**
   * Keeps back every reply after the first `after` requests (default 0) until the function that it gives is called: a test can
   * act in the middle of a run, however slow the machine is.
   */
  hold(after?: number): () => void;
  close(): Promise<void>;
}
