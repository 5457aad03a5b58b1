/** `-log sigmoid(margin)` of a pair, `margin = r_preferred - r_rejected` (paper, equation 4), without overflow. */
export function pairLoss(margin: number): number {
  return Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(0, -margin);
}
