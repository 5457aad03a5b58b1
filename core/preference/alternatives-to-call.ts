/** In candidates that are wanted. */
const most = 2;

/** How many alternative settings of a component are called at most for the outputs of one input: many say the same, and calls cost. */
export function alternativesToCall({ deterministic }: { deterministic: boolean }, wanted: number): number {
  return deterministic ? Number.POSITIVE_INFINITY : most * wanted;
}
