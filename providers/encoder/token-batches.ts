/**
 * Groups texts by their number of tokens, so that no batch needs padding, with at most `maxTokens` tokens together (a longer text is
 * alone). Gives indices into `lengths`, shortest texts first.
 */
export function tokenBatches(lengths: readonly number[], maxTokens: number): number[][] {
  const open = new Map<number, number[]>();
  const batches: number[][] = [];
  for (const index of [...lengths.keys()].sort((a, b) => (lengths[a] as number) - (lengths[b] as number))) {
    const length = lengths[index] as number;
    const batch = open.get(length);
    if (batch !== undefined && (batch.length + 1) * length <= maxTokens) {
      batch.push(index);
      continue;
    }
    const next = [index];
    open.set(length, next);
    batches.push(next);
  }
  return batches;
}
