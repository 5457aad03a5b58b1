import { sha256 } from '../../../core/system/canonical-json';
import type { Encode } from '../passage-index';

/** Counts of hashed words: an encoder that needs no file. */
export const countWords: Encode = async (texts) =>
  texts.map((text) => {
    const vector = new Float32Array(256);
    for (const word of text.toLowerCase().match(/[\p{L}\d]+/gu) ?? []) {
      const at = Number.parseInt(sha256(word).slice(0, 2), 16);
      vector[at] = (vector[at] ?? 0) + 1;
    }
    return vector;
  });
