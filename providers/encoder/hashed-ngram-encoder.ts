import { hash32 } from '../../core/reward/hash32';
import type { Encoder } from './encoder';
import { unitVector } from './unit-vector';

const dimension = 384;

/**
 * Vectors without a model: signed hashes of word uni- and bigrams and of 3- to 5-character pieces of words, damped by
 * square roots, unit length (zeros for a text without letters or digits). Knows spelling, not meaning.
 */
export class HashedNgramEncoder implements Encoder {
  readonly identity = 'hashed-ngrams-v1';
  readonly dimension = dimension;

  async encode(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> {
    return texts.map((text) => {
      signal?.throwIfAborted();
      return hashedVector(text);
    });
  }
}

function hashedVector(text: string): Float32Array {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}\p{So}]+/gu) ?? [];
  const counts = new Map<string, number>();
  const count = (key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
  let previous = '';
  for (const word of words) {
    count(`w${word}`);
    count(`b${previous} ${word}`);
    previous = word;
    const characters = [...`<${word}>`];
    for (let size = 3; size <= 5; size++) {
      for (let start = 0; start + size <= characters.length; start++) {
        count(`c${characters.slice(start, start + size).join('')}`);
      }
    }
  }
  const sums = new Float64Array(dimension);
  for (const [key, occurrences] of counts) {
    const hash = hash32(key);
    // Character pieces are many per word: each weighs half.
    const weight = Math.sqrt(occurrences) * (key.startsWith('c') ? 0.5 : 1);
    const slot = (hash >>> 1) % dimension;
    sums[slot] = (sums[slot] as number) + (hash & 1 ? weight : -weight);
  }
  return unitVector(sums);
}
