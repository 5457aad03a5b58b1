import type { Tensor } from 'onnxruntime-node';
import type { ModelSignature } from './model-signature';
import { unitVector } from './unit-vector';

/**
 * The unit-length vectors of a batch of texts of one length, from what the model gave for them.
 *
 * @throws Error for numbers that are not finite.
 */
export function pooledVectors(tensor: Tensor, pooling: ModelSignature['pooling']): Float32Array[] {
  const [batch = 0] = tensor.dims;
  const dimension = tensor.dims.at(-1) ?? 0;
  const data = numbersOf(tensor);
  const perText = data.length / batch;
  return Array.from({ length: batch }, (_, index) => {
    const rows = data.subarray(index * perText, (index + 1) * perText);
    const vector = unitVector(pooling === 'mean' ? sumOfRows(rows, dimension) : rows.subarray(0, dimension));
    if (!vector.every(Number.isFinite)) throw new Error('it gave numbers that are not finite');
    return vector;
  });
}

/** Of the mean only the direction matters. */
function sumOfRows(rows: Float32Array, dimension: number): Float64Array {
  const sums = new Float64Array(dimension);
  for (let index = 0; index < rows.length; index++) {
    const k = index % dimension;
    sums[k] = (sums[k] as number) + (rows[index] as number);
  }
  return sums;
}

function numbersOf({ type, data }: Tensor): Float32Array {
  // Before Float16Array (Node 24), half-precision numbers come as their bits.
  if (type === 'float16')
    return Float32Array.from(data as Uint16Array, 'Float16Array' in globalThis ? Number : halfPrecision);
  return data as Float32Array;
}

function halfPrecision(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
