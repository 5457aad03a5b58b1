import { randomStream } from '../../core/random/stream';
import { fitPairWeights, type PairProblem } from './fit-pair-weights';

const dimension = 6;
const inputs = 40;

/** Two outputs per input; which is preferred follows `worth` of their features. */
function problem(worth: (features: readonly number[], input: number) => number): PairProblem {
  const stream = randomStream(1, 'planted');
  const rows = Float32Array.from({ length: 2 * inputs * dimension }, () => stream.normal());
  const valueOf = (row: number): number =>
    worth([...rows.subarray(row * dimension, (row + 1) * dimension)], Math.floor(row / 2));
  const ordered = Array.from({ length: inputs }, (_, input) =>
    [2 * input, 2 * input + 1].sort((a, b) => valueOf(b) - valueOf(a)),
  );
  const folds = Int32Array.from({ length: inputs }, (_, input) => input % 5);
  return {
    rows,
    dimension,
    preferred: Int32Array.from(ordered, ([first]) => first as number),
    rejected: Int32Array.from(ordered, ([, second]) => second as number),
    weights: new Float32Array(inputs).fill(1),
    pairFolds: folds,
    rowFolds: Int32Array.from({ length: 2 * inputs }, (_, row) => folds[Math.floor(row / 2)] as number),
    folds: 5,
  };
}

const heldOutRight = ({ preferred, rejected }: PairProblem, heldOut: Float32Array): number =>
  [...preferred].filter((row, pair) => (heldOut[row] as number) > (heldOut[rejected[pair] as number] as number))
    .length / preferred.length;

describe('fitPairWeights', () => {
  it('finds what orders the pairs, and orders held-out pairs by it', () => {
    const planted = problem((features) => 2 * (features[0] as number) - (features[3] as number));
    const { weights, heldOut } = fitPairWeights(planted);
    expect(heldOutRight(planted, heldOut)).toBeGreaterThan(0.85);
    expect(weights[0]).toBeGreaterThan(0);
    expect(weights[3]).toBeLessThan(0);
    expect(Math.abs(weights[1] as number)).toBeLessThan(Math.abs(weights[0] as number) / 2);
  });

  it('scores a pair by the member that never saw it: noise is not ordered', () => {
    const noise = problem((_, input) => randomStream(input, 'noise').normal());
    expect(Math.abs(heldOutRight(noise, fitPairWeights(noise).heldOut) - 0.5)).toBeLessThan(0.25);
  });
});
