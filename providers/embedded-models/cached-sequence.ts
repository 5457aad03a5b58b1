import type { LlamaSequence } from './llama-runtime';
import { chunkTokens, reusablePrefix } from './prompt-prefix';

/** One sequence of a model with the prompt it evaluated last, whose leading chunks later prompts may share. */
export class CachedSequence {
  /**
   * Tokens evaluated in whole chunks. The rest of the sequence (the last partial chunk, the reply) was evaluated in
   * other batches, so it is never reused.
   */
  private chunked: readonly number[] = [];

  constructor(private readonly sequence: LlamaSequence) {}

  /** How many tokens of earlier prompts it could spare a later one. */
  get held(): number {
    return this.chunked.length;
  }

  /** How many tokens of `prompt` need no evaluation. */
  reusable(prompt: readonly number[]): number {
    return reusablePrefix(this.chunked, prompt);
  }

  /**
   * Evaluates the whole chunks of `prompt` but for its last token's chunk, which it returns for generation to start
   * with. Throws the reason of `signal` once aborted; what was evaluated until then stays usable.
   */
  async evaluateChunks(prompt: readonly number[], signal: AbortSignal): Promise<number[]> {
    const reused = this.reusable(prompt);
    this.chunked = prompt.slice(0, reused);
    const held = this.sequence.contextTokens.length;
    if (held > reused) await this.sequence.eraseContextTokenRanges([{ start: reused, end: held }]);
    const lastChunk = Math.floor((prompt.length - 1) / chunkTokens) * chunkTokens;
    for (let start = reused; start < lastChunk; start += chunkTokens) {
      signal.throwIfAborted();
      await this.sequence.evaluateWithoutGeneratingNewTokens(prompt.slice(start, start + chunkTokens));
      this.chunked = prompt.slice(0, start + chunkTokens);
    }
    signal.throwIfAborted();
    return prompt.slice(lastChunk);
  }

  /** Evaluates `tokens` and generates what follows, token by token, until the model ends its turn. */
  generate(
    tokens: number[],
    sampling: { readonly temperature: number; readonly topP: number; readonly seed: number },
  ): AsyncGenerator<number, void, undefined> {
    return this.sequence.evaluate(tokens, { ...sampling, topK: 0, minP: 0 });
  }
}
