import { createHash } from 'node:crypto';
import { orAborted } from './or-aborted';

/** 64 MiB: 40,000 vectors of 384 numbers. */
const usualBytes = 64 * 2 ** 20;
/** About what a key and its place in the map take beside the vector. */
const bytesBeside = 200;

/**
 * Vectors of texts that this process has seen, those least recently used dropped first. Of concurrent callers that miss a
 * text, one makes it and the others wait.
 */
export class VectorCache {
  /** In the order of their last use. */
  readonly #known = new Map<string, Float32Array>();
  readonly #making = new Map<string, Promise<unknown>>();
  #bytes = 0;

  constructor(private readonly mostBytes = usualBytes) {}

  /**
   * One vector per text, in order; each is the caller's own.
   *
   * @param kind of vectors: the same text may have several.
   * @param make gives the vectors of the texts that are not known, in order. What it throws, its caller gets; those who wait
   *   then try for themselves.
   * @throws what `make` throws, or the signal's reason.
   */
  async recall(
    kind: string,
    texts: readonly string[],
    make: (texts: readonly string[]) => Promise<readonly Float32Array[]>,
    signal?: AbortSignal,
  ): Promise<Float32Array[]> {
    // Kept here, so that nothing depends on what the cache drops meanwhile.
    const found = new Map<string, Float32Array>();
    const keyOf = new Map([...new Set(texts)].map((text) => [text, keyFor(kind, text)]));
    for (;;) {
      signal?.throwIfAborted();
      const missing: string[] = [];
      const others = new Set<Promise<unknown>>();
      for (const [text, key] of keyOf) {
        if (found.has(text)) continue;
        const known = this.#use(key);
        const other = this.#making.get(key);
        if (known !== undefined) found.set(text, known);
        else if (other !== undefined) others.add(other);
        else missing.push(text);
      }
      if (missing.length > 0) {
        const vectors = await this.#make(missing, keyOf, make);
        for (const [index, text] of missing.entries()) found.set(text, vectors[index] as Float32Array);
      } else if (others.size > 0) {
        await orAborted(Promise.allSettled(others), signal);
      } else {
        return texts.map((text) => Float32Array.from(found.get(text) as Float32Array));
      }
    }
  }

  async #make(
    texts: readonly string[],
    keyOf: ReadonlyMap<string, string>,
    make: (texts: readonly string[]) => Promise<readonly Float32Array[]>,
  ): Promise<readonly Float32Array[]> {
    const keys = texts.map((text) => keyOf.get(text) as string);
    const making = make(texts);
    for (const key of keys) this.#making.set(key, making);
    try {
      const vectors = await making;
      for (const [index, key] of keys.entries()) this.#keep(key, vectors[index] as Float32Array);
      return vectors;
    } finally {
      for (const key of keys) this.#making.delete(key);
    }
  }

  #use(key: string): Float32Array | undefined {
    const vector = this.#known.get(key);
    if (vector === undefined) return undefined;
    this.#known.delete(key);
    this.#known.set(key, vector);
    return vector;
  }

  #keep(key: string, vector: Float32Array): void {
    this.#known.set(key, vector);
    this.#bytes += vector.byteLength + bytesBeside;
    for (const [oldest, dropped] of this.#known) {
      if (this.#bytes <= this.mostBytes) break;
      this.#known.delete(oldest);
      this.#bytes -= dropped.byteLength + bytesBeside;
    }
  }
}

/** A hash, since texts may be long; of UTF-16, since UTF-8 would make all lone surrogates one. */
function keyFor(kind: string, text: string): string {
  return createHash('sha256').update(`${kind}\n`).update(text, 'utf16le').digest('base64');
}
