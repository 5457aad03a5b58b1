import { moveText } from '../run/move-text';

/** A component, or a pair of them, with the gain in score that its next try is expected to bring; absent: unknown. */
export interface ExpectedMove {
  component: string;
  partner?: string | undefined;
  expectedGain?: number | undefined;
  /** 0: never tried, so that what is expected of it was measured before the others' updates and counts as unknown. */
  tries?: number | undefined;
}

/**
 * Why no further try is worth it: no move is expected to gain `worthwhile`. Undefined while one is, or while the gain of one is
 * unknown; always for `worthwhile` = 0, which turns this off.
 */
export function nothingWorthwhile(moves: readonly ExpectedMove[], worthwhile: number): string | undefined {
  if (worthwhile <= 0) return undefined;
  const gains = moves.flatMap(({ expectedGain, tries }) => (tries === 0 ? [] : (expectedGain ?? [])));
  const most = Math.max(...gains);
  if (gains.length < moves.length || gains.length === 0 || most >= worthwhile) return undefined;
  const best = moves.find(({ expectedGain }) => expectedGain === most) as ExpectedMove;
  return `no component is expected to gain ${worthwhile} (at most ${most.toFixed(4)}: ${moveText(best)})`;
}
