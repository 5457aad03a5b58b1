import { CachedSequence } from './cached-sequence';
import type { LlamaModel } from './llama-runtime';
import { chunkTokens } from './prompt-prefix';

interface PooledSequence {
  readonly sequence: CachedSequence;
  busy: boolean;
  lastUsed: number;
}

/**
 * The sequences (cached prompts) of one model. Each has a context of its own with one thread: contexts then run in
 * parallel on several cores, and no request is evaluated in one batch with another, which would change its rounding.
 */
export class SequencePool {
  private readonly sequences: PooledSequence[] = [];
  private beingCreated = 0;
  private uses = 0;

  constructor(
    private readonly model: LlamaModel,
    private readonly options: { readonly maximum: number; readonly contextTokens: number },
  ) {}

  /**
   * Runs `task` on the free sequence that has evaluated the longest prefix of `prompt`, if that is at least half of what it
   * holds: a few shared words are not worth a long prompt that others may still need. Otherwise on a new one or, where there
   * are `maximum`, the one that was used least recently. At most `maximum` tasks may run at once.
   */
  async use<T>(prompt: readonly number[], task: (sequence: CachedSequence) => Promise<T>): Promise<T> {
    const chosen = this.claimed(prompt) ?? (await this.created());
    try {
      return await task(chosen.sequence);
    } finally {
      chosen.busy = false;
      chosen.lastUsed = ++this.uses;
    }
  }

  /** How many tokens of `prompt` would need no evaluation now. */
  reusable(prompt: readonly number[]): number {
    const free = this.sequences.filter(({ busy }) => !busy);
    return Math.max(0, ...free.map(({ sequence }) => sequence.reusable(prompt)));
  }

  private claimed(prompt: readonly number[]): PooledSequence | undefined {
    const free = this.sequences.filter(({ busy }) => !busy).sort((a, b) => a.lastUsed - b.lastUsed);
    const [best] = free
      .map((candidate) => ({ candidate, prefix: candidate.sequence.reusable(prompt) }))
      .sort((a, b) => b.prefix - a.prefix);
    const worthwhile = best !== undefined && best.prefix > 0 && 2 * best.prefix >= best.candidate.sequence.held;
    const roomForMore = this.sequences.length + this.beingCreated < this.options.maximum;
    const chosen = worthwhile ? best.candidate : roomForMore ? undefined : free[0];
    if (chosen !== undefined) chosen.busy = true;
    return chosen;
  }

  private async created(): Promise<PooledSequence> {
    this.beingCreated++;
    try {
      const context = await this.model.createContext({
        sequences: 1,
        contextSize: this.options.contextTokens,
        batchSize: chunkTokens,
        threads: { ideal: 1, min: 1 },
        // Without it a sliding-window model (Gemma) forgets the start of the prompt, and no prefix could be reused.
        swaFullCache: true,
      });
      const pooled = { sequence: new CachedSequence(context.getSequence()), busy: true, lastUsed: 0 };
      this.sequences.push(pooled);
      return pooled;
    } finally {
      this.beingCreated--;
    }
  }
}
