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
] as const;

export function fieldSurface(value: Json | undefined): FieldSurface {
  const text = fieldText(value);
  const lowered = text.normalize('NFKC').toLowerCase();
  const words = lowered.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return {
    missing: value === undefined,
    value,
    text,
    lowered,
    words,
    wordSet: new Set(words),
    bigramSet: new Set(words.slice(1).map((word, index) => `${words[index]} ${word}`)),
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
  return [
    shareIn(output.wordSet, input.wordSet),
    shareIn(input.wordSet, output.wordSet),
    shareIn(output.bigramSet, input.bigramSet),
    needle !== '' && input.lowered.includes(needle) ? 1 : 0,
    needle !== '' && input.lowered.trim() === needle ? 1 : 0,
    Math.log1p(output.text.length) - Math.log1p(input.text.length),
    cosine,
  ];
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

function shareIn(part: ReadonlySet<string>, whole: ReadonlySet<string>): number {
  if (part.size === 0) return 0;
  let shared = 0;
  for (const item of part) if (whole.has(item)) shared++;
  return shared / part.size;
}
