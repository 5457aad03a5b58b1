import type { Encoder } from './encoder';
import { VectorCache } from './vector-cache';

/** An encoder that encodes no text twice while it remembers it. Local encoders need no more: see decision 0018. */
export class MemoisedEncoder implements Encoder {
  readonly identity: string;
  readonly dimension: number;

  constructor(
    private readonly encoder: Encoder,
    private readonly cache = new VectorCache(),
  ) {
    this.identity = encoder.identity;
    this.dimension = encoder.dimension;
  }

  encode(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> {
    return this.cache.recall(this.identity, texts, (missing) => this.encoder.encode(missing, signal), signal);
  }
}
