import type { Json } from '../system/json';
import { wordsIn } from './word-distance';

/** The texts of an example that no prompt may hold. */
export interface HeldOutExample {
  exampleId: string;
  /** All texts in it. */
  texts: readonly string[];
  /** Its input fields that are texts: also short ones are known again, as a whole. */
  inputs: readonly string[];
}

/** So many words in a row are no coincidence. */
const runLength = 8;

/** A whole input field of fewer words than this may occur anywhere ("yes", a name). */
const leastFieldWords = 3;

/** All texts in a value, however deep. */
export function textsIn(value: Json | undefined): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/**
 * Which texts copy held-out examples: eight or more consecutive words of one, or a whole short input field (3 to 7 words). Words that also
 * occur in a row in one of the `allowed` texts (what was there before, training data) are no copy. Text without spaces
 * between words, such as Chinese, counts as one word per run of letters: there only copies of long passages are found.
 *
 * @param allowed is read only when something was found.
 * @returns text -> what it copies.
 */
export function heldOutCopies(
  texts: readonly string[],
  heldOut: Iterable<HeldOutExample>,
  allowed: () => Iterable<string>,
): Map<string, { exampleId: string; words: string }> {
  const holders = new Map<string, string[]>();
  // Of a large data set hardly any two words in a row are in a proposal: the others are passed over.
  const followers = new Map<string, Set<string>>();
  for (const text of texts) {
    const words = wordsIn(text);
    for (let length = leastFieldWords; length <= runLength; length++) {
      for (const run of runsOf(words, length)) holders.set(run, [...(holders.get(run) ?? []), text]);
    }
    for (const [index, word] of words.slice(1).entries()) {
      const before = words[index] as string;
      followers.set(before, (followers.get(before) ?? new Set()).add(word));
    }
  }
  const found = new Map<string, string>();
  for (const { exampleId, texts: own, inputs } of heldOut) {
    for (const text of own) {
      for (const run of runsOf(wordsIn(text), runLength, followers)) {
        if (holders.has(run) && !found.has(run)) found.set(run, exampleId);
      }
    }
    for (const text of inputs) {
      const words = wordsIn(text);
      const field = words.join(' ');
      if (words.length < runLength && holders.has(field) && !found.has(field)) found.set(field, exampleId);
    }
  }
  if (found.size > 0) {
    for (const text of allowed()) {
      const known = ` ${wordsIn(text).join(' ')} `;
      for (const run of found.keys()) if (known.includes(` ${run} `)) found.delete(run);
    }
  }
  const copies = new Map<string, { exampleId: string; words: string }>();
  for (const [words, exampleId] of found) {
    for (const text of holders.get(words) ?? []) if (!copies.has(text)) copies.set(text, { exampleId, words });
  }
  return copies;
}

function* runsOf(
  words: readonly string[],
  length: number,
  followers?: ReadonlyMap<string, ReadonlySet<string>>,
): Generator<string> {
  for (let from = 0; from + length <= words.length; from++) {
    const [first, second] = [words[from] as string, words[from + 1] as string];
    if (followers !== undefined && followers.get(first)?.has(second) !== true) continue;
    yield words.slice(from, from + length).join(' ');
  }
}
