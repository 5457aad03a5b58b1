/** Turns texts into vectors: the shared encoder `phi` of the Local Reward Functions (paper, section 3). */
export interface Encoder {
  /** Changes whenever the vectors could change; part of every reward model's manifest. */
  readonly identity: string;
  /** Length of every vector. */
  readonly dimension: number;
  /**
   * One unit-length vector per text, in order. A text's vector does not depend on the texts beside it.
   *
   * @throws the signal's reason once it is aborted.
   */
  encode(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]>;
}
