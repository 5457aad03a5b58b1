import { pairLoss } from '../../core/reward/pair-loss';
import {
  fitStandardisation,
  standardise,
  type BlockShares,
  type Standardisation,
} from '../../core/reward/standardisation';
import type { IndexedPairs } from './head-trainer';
import type { TrainingRequest } from './training-request';

/** Some pairs with their candidates' standardised features: what one training run or one look sees. */
export interface PairTable extends IndexedPairs {
  /** `[rows, dimension]` */
  features: Float32Array;
}

/** The pairs, by index, whose input is among `groups`. */
export function pairsOfGroups(request: TrainingRequest, groups: readonly number[]): number[] {
  const wanted = new Set(groups);
  const pairs: number[] = [];
  for (const [pair, group] of request.pairs.groups.entries()) if (wanted.has(group)) pairs.push(pair);
  return pairs;
}

/** Fitted on the candidates of some pairs. */
export function standardisationOf(
  request: TrainingRequest,
  pairs: readonly number[],
  shares: BlockShares,
): Standardisation {
  return fitStandardisation(request.spec, request.features, rowsOf(request, pairs), shares);
}

/** Weights are scaled to sum to 1; a pair that occurs twice counts twice. */
export function pairTable(
  request: TrainingRequest,
  pairs: readonly number[],
  standardisation: Standardisation,
): PairTable {
  const rows = rowsOf(request, pairs);
  const place = new Map(rows.map((row, index) => [row, index]));
  const placed = (source: Int32Array): Int32Array =>
    Int32Array.from(pairs, (pair) => place.get(source[pair] as number) as number);
  const total = weightOf(request, pairs);
  return {
    features: standardise(request.features, rows, standardisation),
    preferred: placed(request.pairs.preferred),
    rejected: placed(request.pairs.rejected),
    weights: Float32Array.from(pairs, (pair) => (request.pairs.weights[pair] as number) / total),
  };
}

export function weightOf(request: TrainingRequest, pairs: readonly number[]): number {
  return pairs.reduce((sum, pair) => sum + (request.pairs.weights[pair] as number), 0);
}

function rowsOf({ pairs }: TrainingRequest, wanted: readonly number[]): number[] {
  const rows = wanted.flatMap((pair) => [pairs.preferred[pair] as number, pairs.rejected[pair] as number]);
  return [...new Set(rows)].sort((a, b) => a - b);
}

/** Weighted mean of `-log sigmoid(r_preferred - r_rejected)` (paper, equation 4). */
export function pairwiseLoss(table: IndexedPairs, rewards: Float32Array): number {
  let loss = 0;
  for (let pair = 0; pair < table.weights.length; pair++) {
    const margin =
      (rewards[table.preferred[pair] as number] as number) - (rewards[table.rejected[pair] as number] as number);
    loss += (table.weights[pair] as number) * pairLoss(margin);
  }
  return loss;
}
