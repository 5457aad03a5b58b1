import { setImmediate as turn } from 'node:timers/promises';
import type { Tokenizer } from '@huggingface/tokenizers';
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { keepEnds } from '../../core/reward/keep-ends';
import { InfrastructureError } from '../../core/system/infrastructure-error';
import { outOfResources } from '../out-of-resources';
import type { Encoder } from './encoder';
import { EncoderError } from './encoder-error';
import { modelSignature, type ModelSignature } from './model-signature';
import { openEncoderFolder } from './open-encoder-folder';
import { pooledVectors } from './pooled-vectors';
import { tokenBatches } from './token-batches';

/** Characters of a text that are tokenized at all, per token that is kept: no tokenizer makes so few of so many. */
const charactersPerToken = 32;
/** Bounds the memory of a batch: 16 texts of 256 tokens, or 400 of 10. */
const tokensPerBatch = 4_096;
/** Texts tokenized before others get a turn: a heartbeat, say. */
const textsPerTurn = 16;
/** Their scales come from all that is in the batch, so that a text's vector would depend on its neighbours. */
const dynamicQuantisation = /^DynamicQuantize|^MatMulInteger|^ConvInteger/;

interface Parts {
  folder: string;
  identity: string;
  /** 0: not known yet. */
  dimension: number;
  session: InferenceSession;
  tokenizer: Tokenizer;
  signature: ModelSignature;
  maxTokens: number;
  /** 0: one text at a time. */
  tokensPerBatch: number;
}

/**
 * A sentence encoder from a folder with `model.onnx`, `tokenizer.json` and perhaps `manifest.json`: unit-length means of the
 * last hidden states, the first of them, or the model's own vectors. Texts of one length run together, without padding, but
 * through a model that quantises its activations as it runs they go one at a time (decision 0018).
 */
export class OnnxEncoder implements Encoder {
  readonly identity: string;
  readonly dimension: number;
  readonly #parts: Parts;

  private constructor(parts: Parts) {
    this.identity = parts.identity;
    this.dimension = parts.dimension;
    this.#parts = parts;
  }

  /** @throws EncoderError for a missing or unreadable file, or a model that is not a sentence encoder; InfrastructureError for what may pass. */
  static async open(folder: string): Promise<OnnxEncoder> {
    const { manifest, session, tokenizer, operators, hash } = await openEncoderFolder(folder);
    try {
      const { maxTokens } = manifest;
      const signature = modelSignature(folder, session, manifest.pooling);
      const identity = `onnx:${hash.update(`${signature.output},${signature.pooling},${maxTokens},v2`).digest('hex')}`;
      const batches = signature.takesBatches && ![...operators].some((name) => dynamicQuantisation.test(name));
      const parts = { folder, identity, dimension: 0, session, tokenizer, signature, maxTokens };
      const draft = new OnnxEncoder({ ...parts, tokensPerBatch: batches ? tokensPerBatch : 0 });
      const dimension = await draft.#tryLongest();
      if (manifest.dimension !== undefined && manifest.dimension !== dimension) {
        throw new EncoderError(
          `encoder folder '${folder}': manifest.json says dimension ${manifest.dimension}, but model.onnx gives vectors of ${dimension} numbers; correct it or put its model there`,
        );
      }
      return new OnnxEncoder({ ...draft.#parts, dimension });
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  async encode(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> {
    const distinct = [...new Set(texts)];
    const tokens: (readonly number[])[] = [];
    for (const text of distinct) {
      signal?.throwIfAborted();
      tokens.push(this.#tokensOf(text));
      if (tokens.length % textsPerTurn === 0) await turn();
    }
    const lengths = tokens.map(({ length }) => length);
    const known = new Map<string, Float32Array>();
    for (const batch of tokenBatches(lengths, this.#parts.tokensPerBatch)) {
      signal?.throwIfAborted();
      const vectors = await this.#run(batch.map((index) => tokens[index] as readonly number[])).catch(this.#failed);
      for (const [place, index] of batch.entries())
        known.set(distinct[index] as string, vectors[place] as Float32Array);
    }
    return texts.map((text) => Float32Array.from(known.get(text) as Float32Array));
  }

  async close(): Promise<void> {
    await this.#parts.session.release();
  }

  /** The dimension, by a text of the greatest length: a model with fewer positions than `maxTokens` fails now. */
  async #tryLongest(): Promise<number> {
    const { folder, maxTokens } = this.#parts;
    try {
      const [vector] = await this.#run([this.#tokensOf('word '.repeat(maxTokens))]);
      return (vector as Float32Array).length;
    } catch (cause) {
      if (EncoderError.isInstance(cause)) throw cause;
      const longest = `a text of ${maxTokens} tokens (manifest.json can say fewer: { "maxTokens": 128 })`;
      throw (
        outOfResources(`encoder folder '${folder}', ${longest}`, cause) ??
        new EncoderError(
          `encoder folder '${folder}': a text of ${maxTokens} tokens cannot be encoded (${(cause as Error).message}); ` +
            'where the model takes fewer tokens, say how many in manifest.json: { "maxTokens": 128 }',
          { cause },
        )
      );
    }
  }

  /** It encoded a text when it was opened, so that a failure of the model itself may pass: memory ran out, say. */
  readonly #failed = (cause: unknown): never => {
    if (EncoderError.isInstance(cause) || InfrastructureError.isInstance(cause)) throw cause;
    throw new InfrastructureError(
      `encoder folder '${this.#parts.folder}': model.onnx failed: ${(cause as Error).message}`,
      { cause },
    );
  };

  /** Of long texts the first and the last half of `maxTokens`. At least one: the model takes no empty sequence. */
  #tokensOf(text: string): readonly number[] {
    const { tokenizer, maxTokens } = this.#parts;
    const { ids } = tokenizer.encode(keepEnds(text, charactersPerToken * maxTokens));
    if (ids.length <= maxTokens) return ids.length === 0 ? [0] : ids;
    const head = Math.ceil(maxTokens / 2);
    return [...ids.slice(0, head), ...ids.slice(head - maxTokens)];
  }

  /** @param batch tokens of texts, all of one length. */
  async #run(batch: readonly (readonly number[])[]): Promise<Float32Array[]> {
    const { folder, session, signature } = this.#parts;
    const { output, pooling } = signature;
    const takes = (name: string): boolean => session.inputNames.includes(name);
    const size = batch.length * (batch[0]?.length ?? 0);
    const tensor = (data: BigInt64Array): Tensor => new Tensor('int64', data, [batch.length, size / batch.length]);
    const inputs = {
      input_ids: tensor(BigInt64Array.from(batch.flat(), BigInt)),
      ...(takes('attention_mask') && {
        attention_mask: tensor(new BigInt64Array(size).fill(1n)),
      }),
      ...(takes('token_type_ids') && { token_type_ids: tensor(new BigInt64Array(size)) }),
    };
    const found = (await session.run(inputs, [output]))[output] as Tensor;
    try {
      return pooledVectors(found, pooling);
    } catch (cause) {
      throw (
        outOfResources(`encoder folder '${folder}', model.onnx`, cause) ??
        new EncoderError(
          `encoder folder '${folder}': of a text of ${batch[0]?.length} tokens model.onnx gave nothing to use: ${(cause as Error).message}; check the model, or use another one in a new run`,
          { cause },
        )
      );
    } finally {
      found.dispose();
    }
  }
}
