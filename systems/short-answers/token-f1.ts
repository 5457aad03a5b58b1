/**
 * Token F1 of an answer against the reference, with SQuAD's normalisation (Rajpurkar et al., 2016): lower case, no
 * punctuation, no articles. In [0, 1]; two empty answers agree.
 */
export function tokenF1(answer: string, reference: string): number {
  const [given, wanted] = [normalizedTokens(answer), normalizedTokens(reference)];
  if (given.length === 0 || wanted.length === 0) return given.length === wanted.length ? 1 : 0;
  const left = new Map<string, number>();
  for (const token of wanted) left.set(token, (left.get(token) ?? 0) + 1);
  let shared = 0;
  for (const token of given) {
    const count = left.get(token) ?? 0;
    if (count === 0) continue;
    left.set(token, count - 1);
    shared++;
  }
  return shared === 0 ? 0 : (2 * shared) / (given.length + wanted.length);
}

/** 1 when both are equal after normalisation, else 0. */
export function exactMatch(answer: string, reference: string): number {
  return normalizedTokens(answer).join(' ') === normalizedTokens(reference).join(' ') ? 1 : 0;
}

function normalizedTokens(text: string): string[] {
  return text
    .toLowerCase()
    .replace(/[!-/:-@[-`{-~]/g, '')
    .split(/\s+/)
    .filter((token) => token !== '' && token !== 'a' && token !== 'an' && token !== 'the');
}
