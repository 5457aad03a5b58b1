import { mean } from '../../core/validation/moments';
import { bootstrapInterval } from './bootstrap-interval';

/** A held-out pair and whether something orders it as the downstream scores do: 1, 0, or a half for a tie. */
export interface OrderedPair {
  group: string;
  right: number;
}

export interface Share {
  value: number;
  ci95: [number, number];
  pairs: number;
  inputs: number;
}

export function ordered(group: string, difference: number): OrderedPair {
  return { group, right: difference > 0 ? 1 : difference === 0 ? 0.5 : 0 };
}

/** Share of pairs in the right order, with a 95 % percentile interval bootstrapped over inputs. */
export function shareRight(pairs: readonly OrderedPair[]): Share {
  const groups = byGroup(pairs);
  const values = pairs.map(({ right }) => right);
  return {
    value: mean(values),
    ci95: interval(groups.map((group) => group.map(({ right }) => right))),
    pairs: pairs.length,
    inputs: groups.length,
  };
}

/**
 * By how much the one orders the same pairs better than the other, with a 95 % interval bootstrapped over inputs.
 *
 * @throws RangeError where the two did not order the same pairs.
 */
export function shareDifference(
  ours: readonly OrderedPair[],
  theirs: readonly OrderedPair[],
): { value: number; ci95: [number, number] } {
  if (ours.length !== theirs.length || ours.some(({ group }, index) => group !== theirs[index]?.group)) {
    throw new RangeError('shareDifference: the two sides ordered different pairs');
  }
  const differences = ours.map(({ group, right }, index) => ({
    group,
    right: right - (theirs[index] as OrderedPair).right,
  }));
  return {
    value: mean(differences.map(({ right }) => right)),
    ci95: interval(byGroup(differences).map((group) => group.map(({ right }) => right))),
  };
}

function interval(groups: readonly (readonly number[])[]): [number, number] {
  const sums = groups.map((group) => ({ sum: group.reduce((total, value) => total + value, 0), count: group.length }));
  return bootstrapInterval(sums, (drawn) => {
    let [sum, count] = [0, 0];
    for (const group of drawn) {
      sum += group.sum;
      count += group.count;
    }
    return sum / count;
  });
}

function byGroup(pairs: readonly OrderedPair[]): OrderedPair[][] {
  const groups = new Map<string, OrderedPair[]>();
  for (const pair of pairs) groups.set(pair.group, [...(groups.get(pair.group) ?? []), pair]);
  return [...groups.values()];
}
