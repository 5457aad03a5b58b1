export interface PairProblem {
  /** Standardised features `[rows, dimension]`. */
  rows: Float32Array;
  dimension: number;
  /** Rows of each pair's outputs. */
  preferred: Int32Array;
  rejected: Int32Array;
  weights: Float32Array;
  /** The fold that a pair, and a row, is held out with. */
  pairFolds: Int32Array;
  rowFolds: Int32Array;
  folds: number;
}

/** Ridge of the mean weighted loss; on rewards of synthetic systems alignment is flat around it. */
const ridge = 0.03;
const steps = 40;

/**
 * Linear weights with the least mean weighted pair loss (paper, equation 4) plus a ridge, one member per fold on the pairs
 * outside it, by accelerated gradient descent (Nesterov 1983) on the rows' coefficients: weights are combinations of rows, so
 * that a step costs rows x rows, not rows x features.
 *
 * @returns the mean weights of the members, and each row's reward by the member that saw no pair of its fold.
 */
export function fitPairWeights(problem: PairProblem): { weights: Float64Array; heldOut: Float32Array } {
  const { rows, dimension, rowFolds, folds } = problem;
  const count = rowFolds.length;
  const gram = gramMatrix(rows, count, dimension);
  const heldOut = new Float32Array(count);
  const mean = new Float64Array(count);
  for (let fold = 0; fold < folds; fold++) {
    const coefficients = member(problem, gram, fold);
    const rewards = new Float64Array(count);
    multiply(gram, coefficients, rewards);
    for (let row = 0; row < count; row++) {
      if (rowFolds[row] === fold) heldOut[row] = rewards[row] as number;
      mean[row] = (mean[row] as number) + (coefficients[row] as number) / folds;
    }
  }
  const weights = new Float64Array(dimension);
  for (let row = 0; row < count; row++) {
    const share = mean[row] as number;
    if (share === 0) continue;
    for (let k = 0; k < dimension; k++)
      weights[k] = (weights[k] as number) + share * (rows[row * dimension + k] as number);
  }
  return { weights, heldOut };
}

function member(problem: PairProblem, gram: Float64Array, fold: number): Float64Array {
  const { preferred, rejected, pairFolds } = problem;
  const count = problem.rowFolds.length;
  const places: number[] = [];
  let total = 0;
  for (let place = 0; place < preferred.length; place++) {
    if (pairFolds[place] === fold) continue;
    places.push(place);
    total += problem.weights[place] as number;
  }
  let coefficients = new Float64Array(count);
  if (total === 0) return coefficients;
  const at = (row: number, column: number): number => gram[row * count + column] as number;
  // The loss's curvature is at most a quarter of the weighted mean squared length of a pair's difference.
  let curvature = ridge;
  for (const place of places) {
    const [a, b] = [preferred[place] as number, rejected[place] as number];
    curvature += (0.25 * (problem.weights[place] as number) * (at(a, a) - 2 * at(a, b) + at(b, b))) / total;
  }
  const rate = 1 / curvature;
  const ahead = new Float64Array(count);
  const rewards = new Float64Array(count);
  let momentum = 1;
  for (let step = 0; step < steps; step++) {
    multiply(gram, ahead, rewards);
    const next = ahead.map((value) => (1 - rate * ridge) * value);
    for (const place of places) {
      const [a, b] = [preferred[place] as number, rejected[place] as number];
      const push =
        (rate * (problem.weights[place] as number)) /
        total /
        (1 + Math.exp((rewards[a] as number) - (rewards[b] as number)));
      next[a] = (next[a] as number) + push;
      next[b] = (next[b] as number) - push;
    }
    const following = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    const carried = (momentum - 1) / following;
    for (let row = 0; row < count; row++) {
      const value = next[row] as number;
      ahead[row] = value + carried * (value - (coefficients[row] as number));
    }
    [coefficients, momentum] = [next, following];
  }
  return coefficients;
}

function gramMatrix(rows: Float32Array, count: number, dimension: number): Float64Array {
  // Most words of the vocabulary are in no row at all: their features are 0 once standardised.
  const live = Array.from({ length: dimension }, (_, k) => k).filter((k) => {
    for (let row = 0; row < count; row++) if (rows[row * dimension + k] !== 0) return true;
    return false;
  });
  const dense = new Float64Array(count * live.length);
  for (let row = 0; row < count; row++) {
    for (const [place, k] of live.entries()) dense[row * live.length + place] = rows[row * dimension + k] as number;
  }
  const gram = new Float64Array(count * count);
  const width = live.length;
  for (let row = 0; row < count; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += (dense[row * width + k] as number) * (dense[column * width + k] as number);
      gram[row * count + column] = sum;
      gram[column * count + row] = sum;
    }
  }
  return gram;
}

function multiply(matrix: Float64Array, vector: Float64Array, result: Float64Array): void {
  const count = vector.length;
  result.fill(0);
  for (let column = 0; column < count; column++) {
    const value = vector[column] as number;
    // Symmetric: a row serves as a column, and rows that no pair has touched cost nothing.
    if (value === 0) continue;
    const start = column * count;
    for (let row = 0; row < count; row++)
      result[row] = (result[row] as number) + value * (matrix[start + row] as number);
  }
}
