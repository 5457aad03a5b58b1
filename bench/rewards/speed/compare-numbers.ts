/**
 * The largest difference between two lists, as a share of the largest number of the first.
 *
 * @throws RangeError for lists of different length, without numbers, or with a number that is not finite.
 */
export function relativeDifference(one: Float32Array, other: Float32Array): number {
  if (one.length !== other.length || one.length === 0) {
    throw new RangeError(`lists of ${one.length} and ${other.length} numbers cannot be compared`);
  }
  let [largest, difference] = [0, 0];
  for (const [index, value] of one.entries()) {
    const apart = Math.abs(value - (other[index] as number));
    if (!Number.isFinite(apart)) throw new RangeError(`number ${index} is ${value} and ${other[index]}`);
    largest = Math.max(largest, Math.abs(value));
    difference = Math.max(difference, apart);
  }
  return difference === 0 ? 0 : difference / largest;
}
