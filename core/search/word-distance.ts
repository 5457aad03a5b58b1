/** The words of a text, in lower case and without punctuation. */
export function wordsIn(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/**
 * Share of words that differ between two texts: the edit distance in words (insertions, deletions, substitutions; Levenshtein
 * 1966) over the length of the longer one. In [0, 1]; case, punctuation and white space do not count.
 *
 * @param beyond a larger distance need not be exact: a smaller one above `beyond` may stand for it, found without comparing
 *   every word of one text with every word of the other.
 */
export function wordDistance(a: string, b: string, beyond = 1): number {
  const [from, to] = [wordsIn(a), wordsIn(b)];
  const longest = Math.max(from.length, to.length);
  if (longest === 0) return 0;
  // Words that the other text does not have must be inserted or replaced.
  const least = (longest - sharedWords(from, to)) / longest;
  if (least > beyond) return least;
  const start = from.findIndex((word, index) => word !== to[index]);
  if (start < 0) return (to.length - from.length) / longest;
  let end = 0;
  while (end < Math.min(from.length, to.length) - start && from.at(-1 - end) === to.at(-1 - end)) end++;
  return edits(from.slice(start, from.length - end), to.slice(start, to.length - end)) / longest;
}

function sharedWords(from: readonly string[], to: readonly string[]): number {
  const left = new Map<string, number>();
  for (const word of from) left.set(word, (left.get(word) ?? 0) + 1);
  return to.filter((word) => {
    const count = left.get(word) ?? 0;
    left.set(word, count - 1);
    return count > 0;
  }).length;
}

function edits(from: readonly string[], to: readonly string[]): number {
  let row = Uint32Array.from({ length: to.length + 1 }, (_, index) => index);
  let next = new Uint32Array(to.length + 1);
  for (const [index, word] of from.entries()) {
    next[0] = index + 1;
    for (let other = 0; other < to.length; other++) {
      const kept = (row[other] as number) + (word === to[other] ? 0 : 1);
      next[other + 1] = Math.min(kept, (row[other + 1] as number) + 1, (next[other] as number) + 1);
    }
    [row, next] = [next, row];
  }
  return row[to.length] as number;
}
