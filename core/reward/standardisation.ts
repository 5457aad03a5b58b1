import type { FeatureSpec } from './feature-spec';

/** An affine map per feature, fitted on training rows and carried by the artefact: `clip((x - mean) * scale)`. */
export interface Standardisation {
  mean: Float32Array;
  scale: Float32Array;
}

/**
 * Variance of a block of words, in that of an embedding: most words tell nothing and few tell much, so that a ridge as strong as
 * that of embeddings would hide them behind surface features that say less.
 */
const wordsShare = 8;

/** A standardised surface feature is cut to this many deviations, so that one freak value cannot rule a reward. */
export const largestDeviation = 8;

/**
 * Fits mean and scale on some rows of `features [rows, spec.dimension]`. A surface feature is scaled by itself; a block of embeddings or
 * words as a whole, to the total variance of one surface feature times `embeddingShare`: a word that was said once does not weigh
 * as much as one that is said in every other output. A constant feature gets scale 0.
 */
export function fitStandardisation(
  spec: FeatureSpec,
  features: Float32Array,
  rows: ArrayLike<number>,
  embeddingShare: number,
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
  const deviations = Float64Array.from(squares, (square) => Math.sqrt(square / Math.max(1, rows.length)));
  for (const { kind, offset, length } of spec.blocks) {
    const own = deviations.subarray(offset, offset + length);
    const variance = kind === 'words' ? wordsShare * embeddingShare : embeddingShare;
    const common = Math.sqrt(variance) / Math.hypot(...own);
    for (const [index, deviation] of own.entries()) {
      if (deviation > 1e-6) scale[offset + index] = kind === 'surface' ? 1 / deviation : common;
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
