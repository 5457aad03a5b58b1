import type { RandomStream } from '../random/stream';
import type { Dimension } from './search-space';

/** A coordinate per dimension; undefined where the dimension does not matter at this point (a conditional variable). */
export type Point = readonly (number | undefined)[];

/** One past measurement; larger values are better. */
export interface TpeObservation {
  point: Point;
  value: number;
}

/** Fewer observations than this, or such of one value, are no basis for a model: points are then drawn at random. */
export const fewestObservations = 8;
/** Values that differ by less are equal. */
const rounding = 1e-9;
/** Fewer good ones are no density. */
const fewestGood = 2;
/** Points drawn from the good density per suggestion. */
const draws = 24;
/** The sharpest kernel, so that a category or region is never ruled out. */
const categorySpread = 0.1;

/**
 * Suggests the next point by a multivariate tree-structured Parzen estimator: the observations are split into the
 * better fifth and the rest (where equal values lie on both sides of that threshold, those above it and the others), each modelled by a mixture of product kernels and a uniform prior, and of points drawn from
 * the better's density the one with the largest ratio of densities is taken. (Bergstra et al. 2011, "Algorithms for
 * hyper-parameter optimization"; product kernels as in Falkner et al. 2018, BOHB.) A dimension that does not matter at a point
 * says nothing there: it is left out of the point's density, and where another point has it, that point's kernel is the prior.
 *
 * @param options.active leaves out of a point what does not matter there; default: everything matters everywhere.
 * @throws RangeError for a value that is not a finite number.
 */
export function suggest(options: {
  dimensions: readonly Dimension[];
  observations: readonly TpeObservation[];
  active?: (point: readonly number[]) => Point;
  stream: RandomStream;
}): Point {
  const { dimensions, observations, active = (point) => point, stream } = options;
  const densities = fit(dimensions, observations);
  if (densities === undefined) return active(randomPoint(dimensions, stream));
  let best: Point = [];
  let bestRatio = -Infinity;
  for (let draw = 0; draw < draws; draw++) {
    const point = active(densities.good.sample(stream));
    const ratio = logRatio(densities, point);
    if (ratio > bestRatio) [best, bestRatio] = [point, ratio];
  }
  return best;
}

/**
 * How promising points are by the same model: the log ratio of the better observations' density to the others', in the
 * order of `points`; undefined where there are too few observations for a model, or all have the same value.
 *
 * @throws RangeError for a value that is not a finite number.
 */
export function promise(options: {
  dimensions: readonly Dimension[];
  observations: readonly TpeObservation[];
  points: readonly Point[];
}): number[] | undefined {
  const densities = fit(options.dimensions, options.observations);
  return densities && options.points.map((point) => logRatio(densities, point));
}

interface Densities {
  good: Density;
  rest: Density;
}

function fit(dimensions: readonly Dimension[], observations: readonly TpeObservation[]): Densities | undefined {
  const bad = observations.find(({ value }) => !Number.isFinite(value));
  if (bad !== undefined) throw new RangeError(`tpe: an observation has the value ${bad.value}; expected a number`);
  if (observations.length < fewestObservations) return undefined;
  const values = observations.map(({ value }) => value);
  if (Math.max(...values) - Math.min(...values) < rounding) return undefined;
  const ranked = observations
    .map((item) => ({ ...item, name: JSON.stringify(item.point) }))
    .sort((a, b) => b.value - a.value || (a.name < b.name ? -1 : 1));
  const goodCount = Math.min(25, Math.max(fewestGood, Math.ceil(0.2 * ranked.length)));
  const least = (ranked[goodCount - 1] as TpeObservation).value;
  const pointsWhere = (belongs: (value: number) => boolean): Point[] =>
    ranked.filter(({ value }) => belongs(value)).map(({ point }) => point);
  const [better, equal, worse] = [
    pointsWhere((value) => value > least + rounding),
    pointsWhere((value) => Math.abs(value - least) <= rounding),
    pointsWhere((value) => value < least - rounding),
  ];
  // Equal values are common where scores are 0 or 1. Which of those at the threshold are good cannot be said: none where enough
  // are better, else all, which then count as the rest too.
  const isParted = better.length + equal.length > goodCount;
  const good = isParted && better.length >= fewestGood ? better : [...better, ...equal];
  const rest = isParted ? [...equal, ...worse] : worse;
  return { good: parzen(dimensions, good), rest: parzen(dimensions, rest) };
}

function logRatio({ good, rest }: Densities, point: Point): number {
  return good.logDensity(point) - rest.logDensity(point);
}

export function randomPoint(dimensions: readonly Dimension[], stream: RandomStream): number[] {
  return dimensions.map((dimension) => randomCoordinate(dimension, stream));
}

function randomCoordinate(dimension: Dimension, stream: RandomStream): number {
  return dimension.type === 'categorical' ? stream.integer(dimension.categories) : stream.uniform();
}

interface Density {
  sample(stream: RandomStream): number[];
  logDensity(point: Point): number;
}

/** An equal mixture of one product kernel per point and the uniform prior. */
function parzen(dimensions: readonly Dimension[], points: readonly Point[]): Density {
  // Scott's rule narrows the kernels as points accumulate.
  const bandwidth = Math.max(0.02, 0.25 * (points.length + 1) ** (-1 / (dimensions.length + 4)));
  const spread = Math.max(categorySpread, 1 / (points.length + 1));

  function sample(stream: RandomStream): number[] {
    const centre = points[stream.integer(points.length + 1)];
    if (centre === undefined) return randomPoint(dimensions, stream);
    return dimensions.map((dimension, index) => {
      const coordinate = centre[index];
      if (coordinate === undefined) return randomCoordinate(dimension, stream);
      if (dimension.type === 'categorical') {
        return stream.uniform() < spread ? stream.integer(dimension.categories) : coordinate;
      }
      let drawn = coordinate + bandwidth * stream.normal();
      while (drawn < 0 || drawn > 1) drawn = coordinate + bandwidth * stream.normal();
      return drawn;
    });
  }

  // Kernels are cut off at the ends of the coordinate: each is scaled up by what it loses there.
  const constants = points.map((centre) =>
    centre.map((at) => {
      if (at === undefined) return 0;
      const inside = normalCdf((1 - at) / bandwidth) - normalCdf(-at / bandwidth);
      return -Math.log(bandwidth * Math.sqrt(2 * Math.PI) * inside);
    }),
  );

  function logDensity(point: Point): number {
    const terms = [logKernel(point), ...points.map((centre, index) => logKernel(point, centre, constants[index]))];
    const highest = Math.max(...terms);
    return highest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - highest), 0) / terms.length);
  }

  /** Without a centre, or where it has no coordinate: the uniform prior. */
  function logKernel(point: Point, centre: Point = [], scale: readonly number[] = []): number {
    return dimensions.reduce((sum, dimension, index) => {
      const [at, from] = [point[index], centre[index]];
      if (at === undefined) return sum;
      if (dimension.type === 'categorical') {
        if (from === undefined) return sum - Math.log(dimension.categories);
        return sum + Math.log(spread / dimension.categories + (at === from ? 1 - spread : 0));
      }
      return from === undefined ? sum : sum + (scale[index] as number) - 0.5 * ((at - from) / bandwidth) ** 2;
    }, 0);
  }

  return { sample, logDensity };
}

/** Abramowitz and Stegun 26.2.17, absolute error below 1e-7. */
function normalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail =
    (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z > 0 ? 1 - tail : tail;
}
