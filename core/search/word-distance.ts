/** The words of a text, in lower case and without punctuation. */
export function wordsIn(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/**
 * Share of words that differ between two texts: the edit distance in words (insertions, deletions, substitutions; Levenshtein
 * 1966) over the length of the longer one. In [0, 1]; case, punctuation and white space do not count.
 */
export function wordDistance(a: string, b: string): number {
  const [from, to] = [wordsIn(a), wordsIn(b)];
  const longest = Math.max(from.length, to.length);
  if (longest === 0) return 0;
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, word] of from.entries()) {
    const next = [index + 1];
    for (const [other, target] of to.entries()) {
      const kept = (row[other] as number) + (word === target ? 0 : 1);
      next.push(Math.min(kept, (row[other + 1] as number) + 1, (next[other] as number) + 1));
    }
    row = next;
  }
  return (row[to.length] as number) / longest;
}
