/** The arithmetic mean. @throws RangeError for no values */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('mean: there are no values; give at least one');
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The unbiased variance (divided by n - 1). @throws RangeError for fewer than two values */
export function sampleVariance(values: readonly number[]): number {
  if (values.length < 2) throw new RangeError(`sampleVariance: ${values.length} value(s); give at least two`);
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}

/** The quantile of ascending values, interpolated linearly. `share` is in [0, 1]. @throws RangeError for no values */
export function quantile(ascending: readonly number[], share: number): number {
  if (ascending.length === 0) throw new RangeError('quantile: there are no values; give at least one');
  const position = share * (ascending.length - 1);
  const below = Math.floor(position);
  const [low, high] = [ascending[below] as number, ascending[Math.ceil(position)] as number];
  return low + (position - below) * (high - low);
}
