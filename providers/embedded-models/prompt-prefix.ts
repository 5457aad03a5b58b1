/**
 * Tokens evaluated together. Every prompt is evaluated in chunks that start at multiples of this, and an earlier
 * evaluation is reused in whole chunks only: the numbers then depend on the prompt alone, not on what the sequence
 * evaluated before (matrix products round differently for another number of rows). SmolLM2 reads a prompt in chunks of 64
 * at twice the speed of chunks of 32; longer ones gain nothing more, and less of a prompt is reused.
 */
export const chunkTokens = 64;

/**
 * How many of `cached`'s leading tokens can be kept for `prompt`: whole equal chunks, leaving at least one token of the
 * prompt to evaluate.
 */
export function reusablePrefix(cached: readonly number[], prompt: readonly number[]): number {
  const limit = Math.min(cached.length, prompt.length - 1);
  let common = 0;
  while (common < limit && cached[common] === prompt[common]) common++;
  return common - (common % chunkTokens);
}
