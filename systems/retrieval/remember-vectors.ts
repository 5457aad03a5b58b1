import type { Encode } from './passage-index';

/**
 * An encoder that embeds every text once per process: the same paragraphs are searched again under each setting that is
 * tried. The oldest of more than `most` vectors are dropped (384 single-precision numbers are 1.5 kB).
 */
export function rememberVectors(encode: Encode, most = 20_000): Encode {
  const vectors = new Map<string, Promise<ArrayLike<number>>>();

  function embed(texts: readonly string[]): void {
    // Not tied to a caller's signal: other calls wait for the same vectors.
    const batch = encode(texts);
    for (const [at, text] of texts.entries()) {
      const vector = batch.then((all) => {
        const one = all[at];
        if (one === undefined) throw new Error(`the encoder gave ${all.length} vectors for ${texts.length} texts`);
        return one;
      });
      // A failure is forgotten, so a later call tries again.
      vector.catch(() => vectors.delete(text));
      vectors.set(text, vector);
    }
  }

  return async (texts, signal) => {
    signal?.throwIfAborted();
    const missing = [...new Set(texts)].filter((text) => !vectors.has(text));
    if (missing.length > 0) embed(missing);
    const wanted = texts.map((text) => vectors.get(text) as Promise<ArrayLike<number>>);
    for (const oldest of vectors.keys()) {
      if (vectors.size <= most) break;
      vectors.delete(oldest);
    }
    return Promise.all(wanted);
  };
}
