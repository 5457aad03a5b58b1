import { randomStream } from '../random/stream';
import { exactLimit, randomSubsets, SubsetSums } from './subset-sums';

/** Random flips end after this many that are at least as large as what was observed. */
const enoughExceedances = 20;

const [fewestFlips, mostFlips] = [10_000, 2_000_000];

/**
 * One-sided p that the mean difference is above 0: a sign-flip test that is exact for differences whose law is symmetric
 * about 0, binary scores of equal mean among them, and second-order correct for others of mean 0.
 *
 * Student's t would change nothing: the sum of squares is the same for all sign patterns, so that t orders them as the sum
 * does. What makes plain flips accept too often is skewness (many small gains, few large losses). The statistic is the
 * sum of differences over the root of their sum of squares, under Hall's monotone cubic transformation for skewness
 * (1992, "On the removal of skewness by transformation"). Third moments enter as residuals of their regression on the
 * differences over sign patterns, so that a gain does not pass for skewness; they vanish for binary scores.
 *
 * Exact by enumeration for at most `exactLimit` differences that are not 0. Otherwise a sequential Monte Carlo p-value (Besag and Clifford 1991):
 * it stops after 20 exceedances, or after the flips in which a p of `resolving` has 20; valid at any level, never 0, and a
 * function of its arguments alone.
 */
export function signFlipP(
  differences: readonly number[],
  { seed, resolving }: { seed: number; resolving: number },
): number {
  const flips = Math.min(mostFlips, Math.max(fewestFlips, Math.ceil(enoughExceedances / resolving)));
  const different = differences.filter((difference) => difference !== 0); // The flips of others change nothing.
  if (different.length === 0) return 1;
  // Cubes of tiny differences would be 0. A power of two changes no digit of any.
  const unit = 2 ** Math.floor(Math.log2(Math.max(...different.map(Math.abs))));
  const values = different.map((difference) => difference / unit);
  const patterns = statistics(values);
  // Statistics that differ by rounding alone count as equal.
  const observed = patterns.of(new Uint8Array(patterns.bytes)) - 1e-9;
  if (values.length <= exactLimit) {
    const subset = new Uint8Array(2);
    let atLeast = 0;
    for (let pattern = 0; pattern < 2 ** values.length; pattern++) {
      subset[0] = pattern & 255;
      subset[1] = pattern >> 8;
      if (patterns.of(subset) >= observed) atLeast++;
    }
    return atLeast / 2 ** values.length;
  }
  const draw = randomSubsets(patterns.bytes, randomStream(seed, 'sign-flip'));
  let atLeast = 0;
  for (let flip = 1; flip <= flips; flip++) {
    if (patterns.of(draw()) >= observed && ++atLeast === enoughExceedances) return atLeast / flip;
  }
  return (atLeast + 1) / (flips + 1);
}

/** The statistic of the differences with the signs of a subset flipped. */
function statistics(values: readonly number[]): { bytes: number; of(flipped: Uint8Array): number } {
  const squares = values.reduce((sum, value) => sum + value ** 2, 0);
  const slope = values.reduce((sum, value) => sum + value ** 4, 0) / squares;
  const scale = Math.sqrt(squares);
  const units = values.map((value) => value / scale);
  const skews = values.map((value) => (value ** 3 - slope * value) / (3 * scale ** 3));
  const [unitTotal, skewTotal] = [units, skews].map((row) => row.reduce((sum, value) => sum + value, 0)) as [
    number,
    number,
  ];
  const subsets = new SubsetSums([units, skews]);
  const sums = new Float64Array(2);
  return {
    bytes: subsets.bytes,
    of: (flipped) => {
      subsets.over(flipped, sums);
      const sum = unitTotal - 2 * (sums[0] as number);
      // Skewness over 3 root n.
      const skew = skewTotal - 2 * (sums[1] as number);
      return sum + skew * sum ** 2 + (skew ** 2 * sum ** 3) / 3 + skew / 2;
    },
  };
}
