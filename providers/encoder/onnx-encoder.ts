import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Encoder } from './encoder';
import { EncoderError } from './encoder-error';

/** Longer texts keep the first and the last half of this many tokens. */
const maxTokens = 256;
/** A text's head and tail that are tokenized at all: no token is longer than this share of it in practice. */
const maxCharactersPerEnd = 4_096;
const settings = `mean-pooling,l2,${maxTokens},${maxCharactersPerEnd},v1`;

/**
 * A sentence encoder from a folder with `model.onnx` and `tokenizer.json`: mean of the last hidden states, unit length.
 *
 * Texts run one at a time: int8 models quantise activations over the whole batch, so a text's vector would depend on its
 * neighbours (cosine 0.99 to itself), and on one core a batch is no faster.
 */
export class OnnxEncoder implements Encoder {
  readonly identity: string;
  readonly dimension: number;
  readonly #session: InferenceSession;
  readonly #tokenizer: Tokenizer;
  readonly #output: string;

  private constructor(parts: {
    identity: string;
    dimension: number;
    session: InferenceSession;
    tokenizer: Tokenizer;
    output: string;
  }) {
    this.identity = parts.identity;
    this.dimension = parts.dimension;
    this.#session = parts.session;
    this.#tokenizer = parts.tokenizer;
    this.#output = parts.output;
  }

  /** @throws EncoderError for a missing or unreadable file, or a model that is not a transformer encoder. */
  static async open(folder: string): Promise<OnnxEncoder> {
    const [model, tokenizerJson] = await Promise.all([
      readPart(folder, 'model.onnx'),
      readPart(folder, 'tokenizer.json'),
    ]);
    const tokenizer = readTokenizer(folder, tokenizerJson);
    const session = await openSession(folder, model);
    try {
      const output = checkModel(folder, session);
      const identity = `onnx:${createHash('sha256').update(model).update(tokenizerJson).update(settings).digest('hex')}`;
      const draft = new OnnxEncoder({ identity, dimension: 0, session, tokenizer, output });
      const dimension = (await draft.#encodeOne('dimension')).length;
      return new OnnxEncoder({ identity, dimension, session, tokenizer, output });
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  async encode(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> {
    const known = new Map<string, Float32Array>();
    for (const text of texts) {
      signal?.throwIfAborted();
      if (!known.has(text)) known.set(text, await this.#encodeOne(text));
    }
    return texts.map((text) => Float32Array.from(known.get(text) as Float32Array));
  }

  async close(): Promise<void> {
    await this.#session.release();
  }

  async #encodeOne(text: string): Promise<Float32Array> {
    const ids = keepEnds(this.#tokenizer.encode(cutMiddle(text)).ids);
    const shape = [1, ids.length];
    const inputs: Record<string, Tensor> = {
      input_ids: new Tensor('int64', BigInt64Array.from(ids, BigInt), shape),
      attention_mask: new Tensor('int64', new BigInt64Array(ids.length).fill(1n), shape),
    };
    if (this.#session.inputNames.includes('token_type_ids')) {
      inputs.token_type_ids = new Tensor('int64', new BigInt64Array(ids.length), shape);
    }
    const states = (await this.#session.run(inputs, [this.#output]))[this.#output] as Tensor;
    const vector = meanPooled(states, ids.length);
    states.dispose();
    return vector;
  }
}

async function readPart(folder: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, name));
  } catch (cause) {
    throw new EncoderError(
      `encoder folder '${folder}': cannot read ${name}; the folder must hold model.onnx and tokenizer.json`,
      { cause },
    );
  }
}

function readTokenizer(folder: string, json: Buffer): Tokenizer {
  try {
    return new Tokenizer(JSON.parse(json.toString('utf8')) as object, {});
  } catch (cause) {
    throw new EncoderError(`encoder folder '${folder}': tokenizer.json is not a Hugging Face tokenizer; replace it`, {
      cause,
    });
  }
}

async function openSession(folder: string, model: Buffer): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 });
  } catch (cause) {
    throw new EncoderError(
      `encoder folder '${folder}': model.onnx cannot be opened (${(cause as Error).message}); it is damaged or no ONNX model`,
      { cause },
    );
  }
}

/** The name of the output with the hidden states `[batch, tokens, dimension]`. */
function checkModel(folder: string, session: InferenceSession): string {
  const known = ['input_ids', 'attention_mask', 'token_type_ids'];
  const wrong = session.inputNames.filter((name) => !known.includes(name));
  const absent = ['input_ids', 'attention_mask'].filter((name) => !session.inputNames.includes(name));
  if (wrong.length > 0 || absent.length > 0) {
    throw new EncoderError(
      `encoder folder '${folder}': model.onnx has the inputs ${session.inputNames.join(', ')}, but a sentence encoder takes input_ids, attention_mask and optionally token_type_ids`,
    );
  }
  const states = session.outputMetadata.find(
    (output) => output.isTensor && output.type === 'float32' && output.shape.length === 3,
  );
  if (states === undefined) {
    throw new EncoderError(
      `encoder folder '${folder}': model.onnx has the outputs ${session.outputNames.join(', ')}, none of them float32 hidden states [batch, tokens, dimension]`,
    );
  }
  return states.name;
}

function cutMiddle(text: string): string {
  if (text.length <= 2 * maxCharactersPerEnd) return text;
  return `${text.slice(0, maxCharactersPerEnd)} ${text.slice(-maxCharactersPerEnd)}`;
}

function keepEnds(ids: readonly number[]): readonly number[] {
  if (ids.length <= maxTokens) return ids;
  return [...ids.slice(0, maxTokens / 2), ...ids.slice(-maxTokens / 2)];
}

function meanPooled(states: Tensor, tokens: number): Float32Array {
  const data = states.data as Float32Array;
  const dimension = data.length / tokens;
  const sums = new Float64Array(dimension);
  for (let index = 0; index < data.length; index++) {
    const k = index % dimension;
    sums[k] = (sums[k] as number) + (data[index] as number);
  }
  const length = Math.sqrt(sums.reduce((total, value) => total + value * value, 0));
  return Float32Array.from(sums, (value) => (length === 0 ? 0 : value / length));
}
