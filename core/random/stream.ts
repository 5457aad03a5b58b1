import { sha256 } from '../system/canonical-json';

/** A source of pseudo-random values, a pure function of the seed and labels that made it. */
export interface RandomStream {
  /** Uniform in [0, 1), with 53 random bits. */
  uniform(): number;
  /** A whole number in 0..n-1, each equally likely. @throws RangeError unless n is a whole number from 1 to 2^53 - 1 */
  integer(n: number): number;
  /** Standard normal. */
  normal(): number;
  /** One of the items. @throws RangeError for no items */
  choice<T>(items: readonly T[]): T;
  /** A shuffled copy. */
  shuffle<T>(items: readonly T[]): T[];
  /** `count` items without replacement in random order, or all of them where there are fewer; a copy. */
  sample<T>(items: readonly T[], count: number): T[];
}

/**
 * A stream that depends on the seed and labels alone: the same ones give the same values on every machine, and a
 * different label gives an independent stream, so that no consumer shifts another's luck.
 *
 * The generator is xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021), seeded
 * with 128 bits of a SHA-256.
 *
 * @throws RangeError for a seed that is not a finite number.
 */
export function randomStream(seed: number, ...labels: (string | number)[]): RandomStream {
  if (!Number.isFinite(seed)) throw new RangeError(`randomStream: the seed must be a finite number, not ${seed}`);
  const next = generator(JSON.stringify(['optimas.stream', seed, ...labels]));

  function uniform(): number {
    const high = next() >>> 5;
    const low = next() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  function integer(n: number): number {
    if (!Number.isSafeInteger(n) || n < 1) {
      throw new RangeError(`integer: n must be a whole number of at least 1, not ${n}`);
    }
    if (n > 2 ** 32) return Math.floor(uniform() * n);
    // Values above the largest multiple of n are redrawn, so that no remainder is favoured.
    const limit = 2 ** 32 - (2 ** 32 % n);
    let value = next();
    while (value >= limit) value = next();
    return value % n;
  }

  function normal(): number {
    // Box-Muller, without caching the second value: a stream's state is then only its position.
    return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  }

  function choice<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('choice: there are no items to choose from');
    return items[integer(items.length)] as T;
  }

  function sample<T>(items: readonly T[], count: number): T[] {
    const copy = [...items];
    const taken = Math.max(0, Math.min(count, copy.length));
    for (let index = 0; index < taken; index++) {
      const other = index + integer(copy.length - index);
      [copy[index], copy[other]] = [copy[other] as T, copy[index] as T];
    }
    return copy.slice(0, taken);
  }

  return { uniform, integer, normal, choice, shuffle: (items) => sample(items, items.length), sample };
}

/** xoshiro128**: unsigned 32-bit values. */
function generator(key: string): () => number {
  const digest = sha256(key);
  let [a, b, c, d] = [0, 8, 16, 24].map((start) => Number.parseInt(digest.slice(start, start + 8), 16) | 0) as [
    number,
    number,
    number,
    number,
  ];
  // The all-zero state is the generator's only fixed point.
  if ((a | b | c | d) === 0) a = 1;
  return () => {
    const scrambled = Math.imul(b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
}
