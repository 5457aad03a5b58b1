/** Single-precision numbers as base64 of their little-endian bytes: a quarter of what they take as JSON. */
export function packVector(vector: ArrayLike<number>): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (let k = 0; k < vector.length; k++) bytes.writeFloatLE(vector[k] as number, k * 4);
  return bytes.toString('base64');
}

export function unpackVector(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  return Float32Array.from({ length: bytes.length / 4 }, (_, k) => bytes.readFloatLE(k * 4));
}
