import type { Embeddings } from '../../core/reward/build-features';
import type { Encoder } from '../encoder/encoder';
import { EncoderError } from '../encoder/encoder-error';

/** Texts encoded between two reports of progress: enough for an encoder to find some of one length, or to fill requests. */
const chunk = 256;

/** Encodes each distinct text once. @throws EncoderError for a number that is not finite; the signal's reason once it is aborted */
export async function embedTexts(
  encoder: Encoder,
  texts: readonly string[],
  options: { signal?: AbortSignal | undefined; onProgress?: (done: number) => void } = {},
): Promise<Embeddings> {
  const distinct = [...new Set(texts)];
  const embeddings = new Map<string, Float32Array>();
  for (let start = 0; start < distinct.length; start += chunk) {
    const part = distinct.slice(start, start + chunk);
    const vectors = await encoder.encode(part, options.signal);
    for (const [index, text] of part.entries()) {
      const vector = vectors[index] as Float32Array;
      if (!vector.every(Number.isFinite)) {
        throw new EncoderError(
          `encoder '${encoder.identity}': the vector of '${text.slice(0, 60)}' (${text.length} characters) has a number that is not finite; check the encoder's model, or use another one in a new run`,
        );
      }
      embeddings.set(text, vector);
    }
    options.onProgress?.(embeddings.size / distinct.length);
  }
  return embeddings;
}
