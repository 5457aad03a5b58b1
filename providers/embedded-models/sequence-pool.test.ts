import type { CachedSequence } from './cached-sequence';
import type { LlamaModel } from './llama-runtime';
import { SequencePool } from './sequence-pool';

/** A model whose sequences only remember tokens. */
function fakeModel() {
  let contexts = 0;
  const model = {
    createContext: async () => {
      contexts++;
      const contextTokens: number[] = [];
      const sequence = {
        contextTokens,
        eraseContextTokenRanges: async ([range]: { start: number; end: number }[]) => {
          contextTokens.length = range?.start ?? 0;
        },
        evaluateWithoutGeneratingNewTokens: async (tokens: number[]) => {
          contextTokens.push(...tokens);
        },
      };
      return { getSequence: () => sequence };
    },
  } as unknown as LlamaModel;
  return { model, contexts: () => contexts };
}

const { signal } = new AbortController();
/** 320 tokens, of which the first `shared` are those of every prompt. */
const prompt = (name: number, shared = 0): number[] =>
  Array.from({ length: 320 }, (_, index) => (index < shared ? index : 1_000 * name + index));

describe('SequencePool', () => {
  it('keeps a prompt at hand while others that share little with it come, as long as there is room', async () => {
    const { model, contexts } = fakeModel();
    const pool = new SequencePool(model, { maximum: 3, contextTokens: 3_072 });
    const evaluate = (tokens: number[]): Promise<CachedSequence> =>
      pool.use(tokens, async (sequence) => {
        await sequence.evaluateChunks(tokens, signal);
        return sequence;
      });
    const first = await evaluate(prompt(1, 64));
    expect(first.held).toBe(256);
    expect(pool.reusable(prompt(1, 64))).toBe(256);
    // One shared chunk of four is not worth the other three.
    await evaluate(prompt(2, 64));
    await evaluate(prompt(3, 64));
    expect(contexts()).toBe(3);
    expect(await evaluate(prompt(1, 64))).toBe(first);
    expect(pool.reusable(prompt(2, 64))).toBe(256);
    // No room: the one that was used least recently goes, the second.
    await evaluate(prompt(4, 64));
    expect(contexts()).toBe(3);
    expect(pool.reusable(prompt(2, 64))).toBe(64);
    expect([1, 3, 4].map((name) => pool.reusable(prompt(name, 64)))).toEqual([256, 256, 256]);
  });
});
