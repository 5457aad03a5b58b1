import { hash32 } from './hash32';

/** Numbers in the vector of a text's words. */
export const hashedWordsLength = 512;

/**
 * A text's words as a vector `[512]` of unit length (zeros for no words): signed hashes, damped by square roots. An encoder
 * blurs which words were used; what a component says again and again ("I cannot", "The answer is") shows here. Scripts
 * without spaces count by character.
 *
 * @param words in lower case.
 */
export function hashedWords(words: readonly string[]): Float32Array {
  const counts = new Map<string, number>();
  for (const word of words) {
    for (const token of unspaced.test(word) ? word : [word]) counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  const vector = new Float32Array(hashedWordsLength);
  for (const [token, count] of counts) {
    const hash = hash32(token);
    const slot = (hash >>> 1) % hashedWordsLength;
    vector[slot] = (vector[slot] as number) + (hash & 1 ? 1 : -1) * Math.sqrt(count);
  }
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? vector : vector.map((value) => value / length);
}

const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
