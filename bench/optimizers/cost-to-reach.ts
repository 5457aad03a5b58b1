import { randomStream } from '../../core/random/stream';
import { mean, quantile } from '../../core/validation/moments';

/** `[cost, value]` at rising cost; a value holds until the next one. */
export type StepCurve = readonly (readonly [number, number])[];

/** Points of cost at which curves are compared. */
const gridPoints = 200;

/** Values of a curve at some costs, ascending; 0 before its first point. */
export function valuesAt(curve: StepCurve, costs: readonly number[]): number[] {
  let place = 0;
  let value = 0;
  return costs.map((cost) => {
    for (; place < curve.length && (curve[place]?.[0] as number) <= cost; place++) value = curve[place]?.[1] as number;
    return value;
  });
}

/** What a variant pays for the same result, in shares of what the other pays. */
export interface CostRatio {
  /** Infinity: the variant's mean curve never gets there. */
  ratio: number;
  ci95: [number, number];
  cost: number;
  baseCost: number;
  /** The value that both are to reach. */
  target: number;
}

/**
 * The cost at which a variant's mean curve first reaches `share` of the base's mean final value, over what that costs the base,
 * with a percentile interval by bootstrap over seeds, paired: a resample takes both curves of a seed and its own target.
 *
 * @param pairs curves of variant and base by seed.
 * @throws RangeError for no pairs.
 */
export function costRatio(
  pairs: readonly { curve: StepCurve; base: StepCurve }[],
  { share = 0.9, resamples = 200, seed = 0 } = {},
): CostRatio {
  if (pairs.length === 0) throw new RangeError('costRatio: there are no curves; give at least one pair');
  const longest = Math.max(...pairs.flatMap(({ curve, base }) => [lastCost(curve), lastCost(base)]));
  const costs = Array.from({ length: gridPoints }, (_, index) => ((index + 1) * longest) / gridPoints);
  const values = pairs.map(({ curve, base }) => ({
    curve: Float64Array.from(valuesAt(curve, costs)),
    base: Float64Array.from(valuesAt(base, costs)),
    final: base.at(-1)?.[1] ?? 0,
  }));
  const ratioOf = (drawn: readonly (typeof values)[number][]): Omit<CostRatio, 'ci95'> => {
    const target = share * mean(drawn.map(({ final }) => final));
    const reached = (which: 'curve' | 'base'): number => {
      const sums = new Float64Array(costs.length);
      for (const item of drawn) {
        const own = item[which];
        for (let at = 0; at < sums.length; at++) sums[at] = (sums[at] as number) + (own[at] as number);
      }
      const index = sums.findIndex((sum) => sum / drawn.length >= target);
      return index < 0 ? Number.POSITIVE_INFINITY : (costs[index] as number);
    };
    const [cost, baseCost] = [reached('curve'), reached('base')];
    return { ratio: cost / baseCost, cost, baseCost, target };
  };
  const stream = randomStream(seed, 'cost-ratio');
  const ratios = Array.from({ length: resamples }, () => ratioOf(values.map(() => stream.choice(values))))
    .map(({ ratio }) => ratio)
    .sort((a, b) => a - b);
  return { ...ratioOf(values), ci95: [atShare(ratios, 0.025), atShare(ratios, 0.975)] };
}

/** As `quantile`, where some values may be infinite. */
function atShare(ascending: readonly number[], share: number): number {
  const finite = ascending.filter(Number.isFinite);
  if (finite.length === ascending.length) return quantile(ascending, share);
  return ascending[Math.round(share * (ascending.length - 1))] as number;
}

function lastCost(curve: StepCurve): number {
  return curve.at(-1)?.[0] ?? 0;
}
