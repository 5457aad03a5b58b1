/** Stands where the middle of a text was left out. */
const gap = ' ... ';

/**
 * The text, or where it is longer than `maxCharacters` (UTF-16 units) its head and its tail, of about equal length, with
 * ' ... ' between. What matters in a long text tends to stand at its ends, and the whole would drown all else. Never cuts a
 * character of two units in half.
 */
export function keepEnds(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const kept = Math.max(0, maxCharacters - gap.length);
  const head = Math.ceil(kept / 2);
  const tail = text.length - (kept - head);
  const headEnd = isPairAt(text, head - 1) ? head - 1 : head;
  const tailStart = isPairAt(text, tail - 1) ? tail + 1 : tail;
  return `${text.slice(0, headEnd)}${gap}${text.slice(tailStart)}`;
}

function isPairAt(text: string, index: number): boolean {
  return /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(Math.max(0, index), index + 2));
}
