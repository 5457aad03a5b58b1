/** Turns texts into vectors: the shared encoder `phi` of the Local Reward Functions (paper, section 3). */
export interface Encoder {
  /** Changes whenever the vectors could change; part of every reward model's manifest. */
  readonly identity: string;
  /** Length of every vector. */
  readonly dimension: number;
  /**
   * One vector per text, in order: of unit length, or zeros where there is nothing to encode. A text's vector does not depend
   * on the texts beside it, beyond the rounding of the last digits.
   *
   * @throws the signal's reason once it is aborted.
   */
  encode(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]>;
}
