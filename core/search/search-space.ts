import { contentHash } from '../system/canonical-json';
import type { Json } from '../system/json';
import type { OneOfVariable, RangeVariable, Variables } from '../system/variable';

/** A variable as the sampler sees it: a category index, or a coordinate in [0, 1] on the variable's own scale. */
export type Dimension = { name: string } & (
  | { type: 'categorical'; variable: OneOfVariable; categories: number }
  | { type: 'continuous'; variable: RangeVariable }
  /** Whole numbers low..high, each with its cell of the coordinate. */
  | { type: 'integer'; variable: RangeVariable }
);

/** The hyperparameters (oneOf, range, integer) of a component, in order of name. */
export function searchSpace(variables: Variables): Dimension[] {
  return Object.entries(variables)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, variable]): Dimension[] => {
      switch (variable.type) {
        case 'oneOf':
          return [{ name, type: 'categorical', variable, categories: variable.values.length }];
        case 'range':
          return [{ name, type: 'continuous', variable }];
        case 'integer':
          return [{ name, type: 'integer', variable }];
        default:
          return [];
      }
    });
}

/** The value at a coordinate; the inverse of `coordinateOf` up to rounding. */
export function valueAt(dimension: Dimension, coordinate: number): Json {
  if (dimension.type === 'categorical') return dimension.variable.values[coordinate] as Json;
  const { low, high } = dimension.variable;
  const [from, to] = scaledBounds(dimension);
  const position = from + coordinate * (to - from);
  const value = dimension.variable.scale === 'log' ? Math.exp(position) : position;
  return Math.min(high, Math.max(low, rounded(dimension, value)));
}

/** To so many digits as make a difference: a ten-thousandth of the range, or six digits on a log scale. */
function rounded({ type, variable }: Exclude<Dimension, { type: 'categorical' }>, value: number): number {
  if (type === 'integer') return Math.round(value);
  const { low, high, scale } = variable;
  if (scale === 'log') return Number(value.toPrecision(6));
  if (high === low) return value;
  const decimals = 4 - Math.floor(Math.log10(high - low));
  return Number(value.toFixed(Math.min(100, Math.max(0, decimals))));
}

/**
 * The coordinate of a value.
 *
 * @throws RangeError for a value outside the variable's space.
 */
export function coordinateOf(dimension: Dimension, value: Json | undefined): number {
  if (dimension.type === 'categorical') {
    const index = dimension.variable.values.findIndex((item) => contentHash(item) === contentHash(value ?? null));
    if (index < 0) {
      throw new RangeError(`variable '${dimension.name}' has no value ${JSON.stringify(value)} in its space`);
    }
    return index;
  }
  const { low, high, scale } = dimension.variable;
  if (typeof value !== 'number' || !(value >= low && value <= high)) {
    throw new RangeError(`variable '${dimension.name}' is ${JSON.stringify(value)}, outside ${low}..${high}`);
  }
  const [from, to] = scaledBounds(dimension);
  return to === from ? 0 : ((scale === 'log' ? Math.log(value) : value) - from) / (to - from);
}

/** The interval that coordinates span; an integer's ends reach half a step further, so that its ends are as likely. */
function scaledBounds(dimension: Exclude<Dimension, { type: 'categorical' }>): [number, number] {
  const { low, high, scale } = dimension.variable;
  const margin = dimension.type === 'integer' ? 0.5 : 0;
  return scale === 'log' ? [Math.log(low - margin), Math.log(high + margin)] : [low - margin, high + margin];
}

/** Most values of a range or integer in a grid, beside the incumbent's. */
const gridPoints = { continuous: 5, integer: 8 };

/** Whether a dimension's grid holds all of its values. */
export function isExhaustible(dimension: Dimension): boolean {
  if (dimension.type === 'categorical') return true;
  const { low, high } = dimension.variable;
  return dimension.type === 'integer' ? high - low < gridPoints.integer : high === low;
}

/**
 * A dimension's values in a grid: all categories, all of up to 8 whole numbers, otherwise evenly spaced ones on the
 * variable's scale with both ends. The incumbent's value is always among them.
 */
export function gridValues(dimension: Dimension, incumbent: Json | undefined): Json[] {
  if (dimension.type === 'categorical') return [...dimension.variable.values];
  const { low, high, scale } = dimension.variable;
  const count = Math.min(gridPoints[dimension.type], dimension.type === 'integer' ? high - low + 1 : Infinity);
  const spaced = Array.from({ length: count }, (_, index): number => {
    const share = count === 1 ? 0 : index / (count - 1);
    const value = scale === 'log' ? Math.exp(Math.log(low) + share * Math.log(high / low)) : low + share * (high - low);
    return Math.min(high, Math.max(low, rounded(dimension, value)));
  });
  const values = typeof incumbent === 'number' ? [...spaced, incumbent] : spaced;
  return [...new Set(values)].sort((a, b) => a - b);
}
