import type { RandomStream } from '../random/stream';

/** Up to this many values all their subsets, so all sign patterns, are enumerated; above, some are drawn at random. */
export const exactLimit = 12;

/**
 * Sums of several rows of values over the same subset, by tables of all subsets of 8 values: a sum over n values takes
 * n / 8 look-ups.
 */
export class SubsetSums {
  /** Bytes that name a subset: bit b of byte g stands for value 8g + b. */
  readonly bytes: number;
  private readonly tables: Float64Array[];

  /** `rows`: [row, value], all of one length. */
  constructor(rows: readonly (readonly number[])[]) {
    this.bytes = Math.ceil((rows[0]?.length ?? 0) / 8);
    this.tables = rows.map((row) => tableOf(row, this.bytes));
  }

  /** Writes each row's sum over the subset into `sums`. */
  over(subset: Uint8Array, sums: Float64Array): void {
    for (let row = 0; row < this.tables.length; row++) {
      const table = this.tables[row] as Float64Array;
      let sum = 0;
      for (let byte = 0; byte < this.bytes; byte++) sum += table[byte * 256 + (subset[byte] as number)] as number;
      sums[row] = sum;
    }
  }
}

/** Subsets of as many bytes drawn at random, each bit as likely as not; every call overwrites the one before. */
export function randomSubsets(bytes: number, stream: RandomStream): () => Uint8Array {
  const words = new Uint32Array(Math.ceil(bytes / 4));
  const subset = new Uint8Array(words.buffer);
  return () => {
    for (let word = 0; word < words.length; word++) words[word] = stream.integer(2 ** 32);
    return subset;
  };
}

function tableOf(row: readonly number[], bytes: number): Float64Array {
  const table = new Float64Array(bytes * 256);
  for (let byte = 0; byte < bytes; byte++) {
    for (let subset = 1; subset < 256; subset++) {
      const lowest = 31 - Math.clz32(subset & -subset);
      table[byte * 256 + subset] =
        (table[byte * 256 + (subset & (subset - 1))] as number) + (row[byte * 8 + lowest] ?? 0);
    }
  }
  return table;
}
