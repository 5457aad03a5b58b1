import { HashedNgramEncoder } from './hashed-ngram-encoder';

describe('HashedNgramEncoder', () => {
  const encoder = new HashedNgramEncoder();
  const cosine = async (a: string, b: string): Promise<number> => {
    const [x, y] = (await encoder.encode([a, b])) as [Float32Array, Float32Array];
    return x.reduce((sum, value, k) => sum + value * (y[k] as number), 0);
  };

  it('is deterministic, of unit length, and the same in every process', async () => {
    const [vector] = (await encoder.encode(['What is the capital of Peru?'])) as [Float32Array];
    expect(vector).toHaveLength(encoder.dimension);
    expect(vector.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1);
    expect(await encoder.encode(['What is the capital of Peru?'])).toEqual([vector]);
  });

  it('puts texts that share spelling near each other', async () => {
    const [near, far] = [
      await cosine('capital of Peru', 'the capitals of Peru'),
      await cosine('capital of Peru', 'blue whales sing'),
    ];
    expect(near).toBeGreaterThan(0.5);
    expect(Math.abs(far)).toBeLessThan(0.25);
    expect(await cosine('東京は首都', '東京は大都市')).toBeGreaterThan(0.05);
  });

  it('gives zeros for an empty text and finite numbers for long and odd ones', async () => {
    const [empty, long, odd] = (await encoder.encode(['', 'word '.repeat(20_000), '🚀👩‍🚀\ud800'])) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    expect(empty.every((value) => value === 0)).toBe(true);
    expect([...long, ...odd].every(Number.isFinite)).toBe(true);
  });
});
