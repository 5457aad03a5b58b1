import type { CachedSequence } from './cached-sequence';
import type { LlamaModel } from './llama-runtime';
import { cutReply } from './reply-text';

export interface GenerationSettings {
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
  readonly maxTokens: number;
  readonly stops: readonly string[];
  /** The reply ends at a newline. */
  readonly singleLine: boolean;
}

export interface GeneratedReply {
  readonly text: string;
  readonly finishReason: 'stop' | 'length';
  readonly completionTokens: number;
  /** Prompt tokens whose evaluation was reused. */
  readonly cachedTokens: number;
}

/** Evaluates `prompt` and generates until a stop text, the end of the turn, the limit or `signal`. */
export async function generateReply(
  model: Pick<LlamaModel, 'detokenize'>,
  sequence: CachedSequence,
  prompt: readonly number[],
  settings: GenerationSettings,
  signal: AbortSignal,
): Promise<GeneratedReply> {
  const cachedTokens = sequence.reusable(prompt);
  const rest = await sequence.evaluateChunks(prompt, signal);
  const tokens: number[] = [];
  let reply = cutReply('', [], false);
  let ended = true;
  for await (const token of sequence.generate(rest, settings)) {
    signal.throwIfAborted();
    tokens.push(token);
    reply = cutReply(model.detokenize(tokens), settings.stops, settings.singleLine);
    ended = reply.stopped;
    if (reply.stopped || tokens.length >= settings.maxTokens) break;
    ended = true;
  }
  return {
    text: reply.text,
    finishReason: ended ? 'stop' : 'length',
    completionTokens: tokens.length,
    cachedTokens,
  };
}
