/**
 * Characters of a token: what tokenizers of common language models reach on English text (about 4). Other scripts need more tokens, up to
 * one a character; there a budget in estimated tokens admits up to four times as many real ones.
 */
export const charactersPerToken = 4;

/** How many tokens a text takes, without a tokenizer: models have different ones. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / charactersPerToken);
}
