/** The vector at length 1; zeros stay zeros. */
export function unitVector(values: ArrayLike<number>): Float32Array {
  let squares = 0;
  for (let k = 0; k < values.length; k++) squares += (values[k] as number) ** 2;
  const length = Math.sqrt(squares);
  return Float32Array.from(values, (value) => (length === 0 ? 0 : value / length));
}
