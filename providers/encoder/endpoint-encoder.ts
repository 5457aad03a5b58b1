import { keepEnds } from '../../core/reward/keep-ends';
import { contentHash } from '../../core/system/canonical-json';
import type { Encoder } from './encoder';
import { unitVector } from './unit-vector';
import { VectorCache } from './vector-cache';

/**
 * Longest text that is sent, in UTF-16 units. None has more than three bytes in UTF-8, and no tokenizer makes more tokens than
 * bytes: at most 8,100 tokens, where OpenAI takes 8,191.
 */
const usualCharacters = 2_700;

/**
 * Embeds texts on somebody's account: one vector per text, in order.
 *
 * @param dimension that the vectors must have; undefined: not known yet.
 */
export type EmbedTexts = (
  texts: readonly string[],
  dimension: number | undefined,
  signal: AbortSignal,
) => Promise<readonly ArrayLike<number>[]>;

/**
 * An embeddings model of an endpoint as the sentence encoder. Its calls cost money, so that it is opened on the account of a
 * run. What it has encoded, this process remembers for all runs.
 */
export class EndpointEncoder {
  /** Known without a call; the dimension, which takes one, stands beside it in reward manifests. */
  readonly identity: string;
  /** The model's name in the config. */
  readonly model: string;
  readonly #maxCharacters: number;
  readonly #cache = new VectorCache();

  /** @param described what the endpoint and the model are known by in the memo. */
  constructor(
    { model, maxCharacters = usualCharacters }: { model: string; maxCharacters?: number | undefined },
    described: { identity: string; id: string },
  ) {
    const { identity: endpoint, id } = described;
    this.identity = `endpoint:${contentHash({ endpoint, id, maxCharacters, version: 1 })}`;
    this.model = model;
    this.#maxCharacters = maxCharacters;
  }

  /**
   * Learns the dimension from the vector of one word.
   *
   * @param account.scope runs of one scope share what is remembered.
   * @param account.signal ends calls that are given no signal of their own.
   * @throws what `embed` throws.
   */
  async open(account: { embed: EmbedTexts; scope: string; signal: AbortSignal }): Promise<Encoder> {
    const encode = (texts: readonly string[], dimension: number | undefined, signal = account.signal) =>
      this.#cache.recall(
        account.scope,
        texts,
        async (missing) => (await account.embed(missing, dimension, signal)).map(unitVector),
        signal,
      );
    const [{ length: dimension }] = (await encode(['dimension'], undefined)) as [Float32Array];
    return {
      identity: this.identity,
      dimension,
      encode: async (texts, signal) => {
        const sent = texts.map((text) => this.#sent(text));
        const spoken = sent.filter((text) => text !== '');
        const vectors = new Map<string, Float32Array>();
        for (const [index, vector] of (await encode(spoken, dimension, signal)).entries()) {
          vectors.set(spoken[index] as string, vector);
        }
        return sent.map((text) => Float32Array.from(vectors.get(text) ?? new Float32Array(dimension)));
      },
    };
  }

  /** Empty for a blank text, which endpoints refuse. Half characters, which not every server can read, are replaced. */
  #sent(text: string): string {
    if (text.trim() === '') return '';
    return keepEnds(text, this.#maxCharacters).replaceAll(/\p{Surrogate}/gu, '\ufffd');
  }
}
