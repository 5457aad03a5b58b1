import type { JsonObject } from './json';
import type { ValueOf, Variables } from './variable';

export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

export interface ChatRequest {
  /** A model's name in the configuration's `endpoints`. */
  model: string;
  messages: ChatMessage[];
  /** Most tokens of the reply. */
  maxTokens?: number;
  /** Used when `sample.temperature` is absent; 0 when neither is given. */
  temperature?: number;
  stop?: string[];
  /** Ask for a JSON object as reply. */
  json?: boolean;
}

export interface ChatResponse {
  text: string;
  finishReason: string;
  usage: Usage;
}

/** Tokens, money (US dollars) and time (milliseconds) of one or many model calls. */
export interface Usage {
  promptTokens: number;
  completionTokens: number;
  usd: number;
  latencyMs: number;
}

/** What one call of a component or metric cost: its model calls (chats and embeddings), and how many they were. */
export interface Cost extends Usage {
  calls: number;
}

/** Model clients that record every call with its tokens, price and latency, and answer from the memo where they may. */
export interface ModelClients {
  chat(request: ChatRequest): Promise<ChatResponse>;
  /** One vector per text, in the order of `texts`: `[texts.length, dimension]`. */
  embed(request: { model: string; texts: string[] }): Promise<number[][]>;
}

/** Which draw of a stochastic component this call is. */
export interface Sample {
  /** 0 for the base output, 1.. for further candidates. */
  index: number;
  /** 32-bit seed, a function of the run seed and the draw: the same draw always gets the same seed. */
  seed: number;
  /** Set when candidates are sampled: overrides the request's own temperature. */
  temperature?: number;
}

/** What a component's `run` gets beside its inputs. */
export interface RunContext<V extends Variables = Variables> {
  configuration: { readonly [K in keyof V]: ValueOf<V[K]> };
  models: ModelClients;
  sample: Sample;
  signal: AbortSignal;
}

/** An example of a dataset: the system's input fields, and whatever the metric needs beside them. */
export type Example = JsonObject & { id: string };

/** A metric's verdict on one output. */
export interface MetricResult {
  /** In [0, 1]. */
  score: number;
  /** Named parts of the score, stored with it. */
  subScores?: Record<string, number>;
  /** Textual feedback for proposers. */
  feedback?: string;
}
