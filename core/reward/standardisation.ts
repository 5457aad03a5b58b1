import type { FeatureSpec } from './feature-spec';

/** An affine map per feature, fitted on training rows and carried by the artefact: `clip((x - mean) * scale)`. */
export interface Standardisation {
  mean: Float32Array;
  scale: Float32Array;
}

/** Variances of whole blocks: less of it regularises a block more. */
export interface BlockShares {
  /** Of an embedding, in that of a surface feature. */
  embeddingShare: number;
  /** Of an output field's words, in that of an embedding: most words tell nothing and few tell much. */
  wordsShare: number;
}

/** A standardised feature is cut to this, many deviations of a surface feature, so that one freak value cannot rule a reward. */
export const largestDeviation = 8;

/**
 * Fits mean and scale on some rows of `features [rows, spec.dimension]`. A surface feature is scaled by itself; a block of embeddings or
 * words as a whole, to the variance that is its share: a word that was said once does not weigh as much as one that is said in
 * every other output. A constant feature gets scale 0.
 */
export function fitStandardisation(
  spec: FeatureSpec,
  features: Float32Array,
  rows: ArrayLike<number>,
  { embeddingShare, wordsShare }: BlockShares,
): Standardisation {
  const { dimension } = spec;
  const sum = new Float64Array(dimension);
  const squares = new Float64Array(dimension);
  for (let index = 0; index < rows.length; index++) {
    const start = (rows[index] as number) * dimension;
    for (let k = 0; k < dimension; k++) sum[k] = (sum[k] as number) + (features[start + k] as number);
  }
  const mean = new Float32Array(dimension);
  for (let k = 0; k < dimension; k++) mean[k] = (sum[k] as number) / Math.max(1, rows.length);
  for (let index = 0; index < rows.length; index++) {
    const start = (rows[index] as number) * dimension;
    for (let k = 0; k < dimension; k++) {
      const deviation = (features[start + k] as number) - (mean[k] as number);
      squares[k] = (squares[k] as number) + deviation * deviation;
    }
  }
  const scale = new Float32Array(dimension);
  for (const { kind, offset, length } of spec.blocks) {
    const own = squares.subarray(offset, offset + length);
    const total = own.reduce((sum, square) => sum + square, 0) / Math.max(1, rows.length);
    const common = {
      embedding: Math.sqrt(embeddingShare / total),
      // A text's words are a vector of unit length: scaled so, none of them is cut.
      words: Math.min(largestDeviation, Math.sqrt((wordsShare * embeddingShare) / total)),
    };
    for (const [index, square] of own.entries()) {
      const deviation = Math.sqrt(square / Math.max(1, rows.length));
      if (deviation > 1e-6) scale[offset + index] = kind === 'surface' ? 1 / deviation : common[kind];
    }
  }
  return { mean, scale };
}

/** Standardised copies of some rows: `[rows.length, dimension]`. */
export function standardise(
  features: Float32Array,
  rows: ArrayLike<number>,
  standardisation: Standardisation,
): Float32Array {
  const { mean, scale } = standardisation;
  const dimension = mean.length;
  const result = new Float32Array(rows.length * dimension);
  for (let index = 0; index < rows.length; index++) {
    const start = (rows[index] as number) * dimension;
    for (let k = 0; k < dimension; k++) {
      const value = Math.fround(((features[start + k] as number) - (mean[k] as number)) * (scale[k] as number));
      result[index * dimension + k] = Math.max(-largestDeviation, Math.min(largestDeviation, value));
    }
  }
  return result;
}
