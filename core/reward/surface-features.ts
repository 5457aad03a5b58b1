import type { Json } from '../system/json';
import { fieldText } from './field-text';

/** A field as the surface features see it; analysed once per distinct value. */
export interface FieldSurface {
  missing: boolean;
  value: Json | undefined;
  text: string;
  lowered: string;
  words: string[];
  wordSet: ReadonlySet<string>;
  bigramSet: ReadonlySet<string>;
  /** Capitalised words and those with digits, in lower case: what a text is about, or claims. */
  names: string[];
  /** Words of each item of a list; of anything else, one item. */
  items: ReadonlySet<string>[];
  /** Words of each sentence or line that has any. */
  sentences: ReadonlySet<string>[];
}

export const outputSurfaceNames = [
  'missing',
  'empty',
  'characters',
  'log-characters',
  'log-words',
  'word-length',
  'distinct-words',
  'log-items',
  'number',
  'signed-log-number',
  'has-digit',
  'punctuation',
  'capitals',
  'log-lines',
  'ends-sentence',
] as const;

export const interactionSurfaceNames = [
  'output-in-input',
  'input-in-output',
  'bigrams-in-input',
  'contained',
  'identical',
  'log-length-ratio',
  'cosine',
  'output-names-in-input',
  'input-names-in-output',
  'log-names-not-in-input',
  'log-words-not-in-input',
  'input-in-first-item',
  'input-in-last-item',
  'input-in-best-item',
  'output-in-first-item',
  'output-in-last-item',
] as const;

export function fieldSurface(value: Json | undefined): FieldSurface {
  const text = fieldText(value);
  const lowered = plain(text);
  const words = wordsOf(lowered);
  return {
    missing: value === undefined,
    value,
    text,
    lowered,
    words,
    wordSet: new Set(words),
    bigramSet: new Set(words.slice(1).map((word, index) => `${words[index]} ${word}`)),
    names: wordsOf(text.normalize('NFKC'))
      .filter((word) => /^\p{Lu}|\p{N}/u.test(word))
      .map((word) => word.toLowerCase()),
    items:
      Array.isArray(value) && value.length > 0
        ? value.map((item) => new Set(wordsOf(plain(fieldText(item)))))
        : [new Set(words)],
    // Asked for of inputs alone, and of those where there is another.
    get sentences() {
      // Of the text as written: NFKC makes the full-width marks, after which no space stands, plain ones.
      return text
        .split(/(?<=[.!?…‥‼⁇⁈⁉．])\s+|(?<=[。！？｡])|\n+/u)
        .map((sentence) => new Set(wordsOf(plain(sentence))))
        .filter(({ size }) => size > 0);
    },
  };
}

/** What an output field looks like, in the order of `outputSurfaceNames`. */
export function outputSurface(field: FieldSurface): number[] {
  const { text, words, value } = field;
  const characters = text.length;
  const number = typeof value === 'number' ? value : numberIn(text);
  return [
    field.missing ? 1 : 0,
    text.trim() === '' ? 1 : 0,
    Math.min(characters, 2_000),
    Math.log1p(characters),
    Math.log1p(words.length),
    words.length === 0 ? 0 : words.reduce((sum, word) => sum + word.length, 0) / words.length,
    words.length === 0 ? 0 : field.wordSet.size / words.length,
    Math.log1p(Array.isArray(value) ? value.length : 0),
    number === undefined ? 0 : 1,
    number === undefined ? 0 : Math.sign(number) * Math.log1p(Math.abs(number)),
    /\p{N}/u.test(text) ? 1 : 0,
    share(text, /\p{P}/gu),
    share(text, /\p{Lu}/gu),
    Math.log1p(text.split('\n').length - 1),
    /[.!?。！？]\s*$/u.test(text) ? 1 : 0,
  ];
}

/** How an output field relates to an input field, in the order of `interactionSurfaceNames`. */
export function interactionSurface(input: FieldSurface, output: FieldSurface, cosine: number): number[] {
  const needle = output.lowered.trim();
  const inputNames = new Set(input.names);
  // Counted one by one: to name the wrong thing twice is worse than once.
  const namesFound = output.names.filter((name) => input.wordSet.has(name)).length;
  const inItems = output.items.map((item) => shareIn(input.wordSet, item));
  return [
    shareIn(output.wordSet, input.wordSet),
    shareIn(input.wordSet, output.wordSet),
    shareIn(output.bigramSet, input.bigramSet),
    needle !== '' && input.lowered.includes(needle) ? 1 : 0,
    needle !== '' && input.lowered.trim() === needle ? 1 : 0,
    Math.log1p(output.text.length) - Math.log1p(input.text.length),
    cosine,
    output.names.length === 0 ? 0 : namesFound / output.names.length,
    shareIn(inputNames, output.wordSet),
    Math.log1p(output.names.length - namesFound),
    Math.log1p(missingFrom(output.wordSet, input.wordSet)),
    inItems[0] as number,
    inItems.at(-1) as number,
    Math.max(...inItems),
    shareIn(output.wordSet, input.items[0] as ReadonlySet<string>),
    shareIn(output.wordSet, input.items.at(-1) as ReadonlySet<string>),
  ];
}

function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}

/** How many members of `part` are not in `whole`. */
export function missingFrom(part: ReadonlySet<string>, whole: ReadonlySet<string>): number {
  let missing = 0;
  for (const item of part) if (!whole.has(item)) missing++;
  return missing;
}

function numberIn(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > 32) return undefined;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : undefined;
}

function share(text: string, pattern: RegExp): number {
  return text === '' ? 0 : (text.match(pattern)?.length ?? 0) / text.length;
}

/** Share of `part` that is in `whole`; 0 of nothing. */
export function shareIn(part: ReadonlySet<string>, whole: ReadonlySet<string>): number {
  if (part.size === 0) return 0;
  let shared = 0;
  for (const item of part) if (whole.has(item)) shared++;
  return shared / part.size;
}
