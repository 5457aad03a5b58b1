/** The slope of `y` on `x` by least squares, in units of y per unit of x. @throws RangeError where all x are equal */
export function slopeOf(points: readonly { x: number; y: number }[]): number {
  const mean = (of: (point: { x: number; y: number }) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const meanX = mean(({ x }) => x);
  const meanY = mean(({ y }) => y);
  const variance = mean(({ x }) => (x - meanX) ** 2);
  if (!(variance > 0)) throw new RangeError(`${points.length} points with one x have no slope; sample more often`);
  return mean(({ x, y }) => (x - meanX) * (y - meanY)) / variance;
}
