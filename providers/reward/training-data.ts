import { fitStandardisation, standardise, type Standardisation } from '../../core/reward/standardisation';
import type { IndexedPairs } from './head-trainer';
import type { TrainingRequest } from './training-request';

/** Some inputs' pairs with their candidates' standardised features: what one training run or one look sees. */
export interface PairTable extends IndexedPairs {
  /** `[rows, dimension]` */
  features: Float32Array;
  /** Indices into the request's pairs. */
  pairs: number[];
}

/** The pairs whose input is among `groups`, and the rows that they use. */
export function selectPairs(request: TrainingRequest, groups: readonly number[]): { pairs: number[]; rows: number[] } {
  const wanted = new Set(groups);
  const pairs: number[] = [];
  const rows = new Set<number>();
  for (const [pair, group] of request.pairs.groups.entries()) {
    if (!wanted.has(group)) continue;
    pairs.push(pair);
    rows.add(request.pairs.preferred[pair] as number);
    rows.add(request.pairs.rejected[pair] as number);
  }
  return { pairs, rows: [...rows].sort((a, b) => a - b) };
}

export function standardisationOf(
  request: TrainingRequest,
  groups: readonly number[],
  embeddingShare: number,
): Standardisation {
  const { rows } = selectPairs(request, groups);
  return fitStandardisation(request.spec, request.features, rows, embeddingShare);
}

export function pairTable(
  request: TrainingRequest,
  groups: readonly number[],
  standardisation: Standardisation,
): PairTable {
  const { pairs, rows } = selectPairs(request, groups);
  const place = new Map(rows.map((row, index) => [row, index]));
  const placed = (source: Int32Array): Int32Array =>
    Int32Array.from(pairs, (pair) => place.get(source[pair] as number) as number);
  const total = pairs.reduce((sum, pair) => sum + (request.pairs.weights[pair] as number), 0);
  return {
    features: standardise(request.features, rows, standardisation),
    pairs,
    preferred: placed(request.pairs.preferred),
    rejected: placed(request.pairs.rejected),
    weights: Float32Array.from(pairs, (pair) => (request.pairs.weights[pair] as number) / total),
  };
}

/** Weighted mean of `-log sigmoid(r_preferred - r_rejected)` (paper, equation 4). */
export function pairwiseLoss(table: IndexedPairs, rewards: Float32Array): number {
  let loss = 0;
  for (let pair = 0; pair < table.weights.length; pair++) {
    const margin =
      (rewards[table.preferred[pair] as number] as number) - (rewards[table.rejected[pair] as number] as number);
    const term = margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin;
    loss += (table.weights[pair] as number) * term;
  }
  return loss;
}
