/** A point of a weighted regression. */
export interface Point {
  x: number;
  y: number;
  /** Positive. */
  weight: number;
}

/**
 * Isotonic regression: the non-decreasing function of `x` with the least weighted squared error, by pooling adjacent
 * violators (Ayer et al. 1955). Gives one knot per pool, at its mean `x`; between knots it is to be interpolated, which keeps
 * it monotone and free of jumps (centred isotonic regression, Oron and Flournoy 2017).
 *
 * @returns knots `[x, y]`, ascending in `x` and non-decreasing in `y`; none for no points.
 */
export function isotonicKnots(points: readonly Point[]): [number, number][] {
  const pools: Point[] = [];
  for (const point of [...points].sort((a, b) => a.x - b.x || a.y - b.y)) {
    let pool = { ...point };
    for (;;) {
      const last = pools.at(-1);
      // Equal x pool too: a function has one value there.
      if (last === undefined || (last.y < pool.y && last.x < pool.x)) break;
      pools.pop();
      pool = pooled(last, pool);
    }
    pools.push(pool);
  }
  return pools.map(({ x, y }) => [x, y]);
}

function pooled(a: Point, b: Point): Point {
  const weight = a.weight + b.weight;
  return { x: (a.x * a.weight + b.x * b.weight) / weight, y: (a.y * a.weight + b.y * b.weight) / weight, weight };
}

/** Linear between knots, constant beyond the first and the last. @throws RangeError for no knots */
export function interpolate(knots: readonly (readonly [number, number])[], x: number): number {
  const [first, last] = [knots[0], knots.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError('interpolate: there are no knots');
  if (x <= first[0]) return first[1];
  if (x >= last[0]) return last[1];
  let [low, high] = [0, knots.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((knots[middle] as readonly [number, number])[0] <= x) low = middle;
    else high = middle;
  }
  const [x0, y0] = knots[low] as readonly [number, number];
  const [x1, y1] = knots[high] as readonly [number, number];
  return y0 + ((x - x0) / (x1 - x0)) * (y1 - y0);
}
