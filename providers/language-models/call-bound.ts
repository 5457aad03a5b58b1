import type { ChatMessage } from '../../core/system/run-context';
import { ASSUMED_REPLY_TOKENS, type Price } from './endpoint-options';

/** The most that one call can cost. */
export interface CallBound {
  /** Prompt and completion together. */
  tokens: number;
  /** US dollars. */
  usd: number;
  /** False: nothing says how long a paid reply may be, so that both are only a guess. */
  certain: boolean;
}

/** What a server may put around messages: roles, separators, a system prompt of its own. */
const tokensPerRequest = 64;
const tokensPerMessage = 16;

/** No tokenizer makes more tokens than the text has bytes in UTF-8. */
export function chatBound(
  messages: readonly ChatMessage[],
  maxTokens: number | undefined,
  price: Price | undefined,
): CallBound {
  const bytes = messages.reduce((sum, { role, content }) => sum + Buffer.byteLength(role + content), 0);
  const prompt = bytes + tokensPerRequest + messages.length * tokensPerMessage;
  return bound(prompt, maxTokens, price);
}

export function embeddingBound(texts: readonly string[], price: Price | undefined): CallBound {
  const prompt = texts.reduce((sum, text) => sum + Buffer.byteLength(text) + tokensPerMessage, 0);
  return bound(prompt, 0, price);
}

function bound(prompt: number, maxTokens: number | undefined, price: Price | undefined): CallBound {
  const { promptPerMillion = 0, completionPerMillion = 0 } = price ?? {};
  const reply = maxTokens ?? ASSUMED_REPLY_TOKENS;
  return {
    tokens: prompt + reply,
    usd: (prompt * promptPerMillion + reply * completionPerMillion) / 1_000_000,
    certain: maxTokens !== undefined || completionPerMillion === 0,
  };
}
