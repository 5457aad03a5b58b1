import { moveText } from '../run/move-text';

/** A component, or a pair of them, with the gain in score that its next try is expected to bring; absent: unknown. */
export interface ExpectedMove {
  component: string;
  partner?: string | undefined;
  expectedGain?: number | undefined;
  /** Calls of components that are not deterministic. */
  costPerTry: number;
  /** What is expected was measured before another component's update: it counts as unknown. */
  outdated?: boolean | undefined;
}

/** The unit of a price: a try makes hundreds or thousands of component calls. */
const pricedCalls = 1_000;

/**
 * Why no further try is worth its price: no move is expected to gain `worthwhile` for 1,000 calls (`costPerTry`).
 * Undefined while one is, or while the gain of one is unknown; always for `worthwhile` = 0, which turns this off.
 */
export function nothingWorthwhile(moves: readonly ExpectedMove[], worthwhile: number): string | undefined {
  if (worthwhile <= 0 || moves.length === 0) return undefined;
  const rates: { move: ExpectedMove; gain: number; rate: number }[] = [];
  for (const move of moves) {
    const { expectedGain: gain, costPerTry, outdated = false } = move;
    if (gain === undefined || outdated) return undefined;
    // A free try is worth any gain.
    rates.push({ move, gain, rate: gain <= 0 ? 0 : (pricedCalls * gain) / costPerTry });
  }
  const best = rates.reduce((most, other) => ((other.rate - most.rate || other.gain - most.gain) > 0 ? other : most));
  if (best.rate >= worthwhile) return undefined;
  const { move, gain } = best;
  return `no component is expected to gain ${worthwhile} for 1,000 component calls (at best ${gain.toFixed(4)} for ${Math.round(move.costPerTry)}: ${moveText(move)})`;
}
