import type { Encoder } from './encoder';
import { MemoisedEncoder } from './memoised-encoder';
import { VectorCache } from './vector-cache';

/** Vectors of one number, the length of the text; calls end when told. */
class CountingEncoder implements Encoder {
  readonly identity = 'counting';
  readonly dimension = 1;
  readonly calls: string[][] = [];
  failure: Error | undefined;
  hold: Promise<void> = Promise.resolve();

  async encode(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> {
    this.calls.push([...texts]);
    await this.hold;
    signal?.throwIfAborted();
    if (this.failure) throw this.failure;
    return texts.map((text) => Float32Array.of(text.length));
  }
}

let inner: CountingEncoder;
let encoder: MemoisedEncoder;
beforeEach(() => {
  inner = new CountingEncoder();
  encoder = new MemoisedEncoder(inner);
});
const lengths = (vectors: Float32Array[]) => vectors.map(([length]) => length);

function held(): () => void {
  let release = (): void => {};
  inner.hold = new Promise((resolve) => (release = resolve));
  return release;
}

describe('MemoisedEncoder', () => {
  it('encodes each text once, and gives vectors in the order of the texts', async () => {
    expect(lengths(await encoder.encode(['aa', 'b', 'aa']))).toEqual([2, 1, 2]);
    expect(lengths(await encoder.encode(['ccc', 'aa']))).toEqual([3, 2]);
    expect(inner.calls).toEqual([['aa', 'b'], ['ccc']]);
  });

  it('encodes once what several ask for at the same time', async () => {
    const release = held();
    const both = Promise.all([encoder.encode(['a', 'bb']), encoder.encode(['bb', 'ccc'])]);
    release();
    expect((await both).map(lengths)).toEqual([
      [1, 2],
      [2, 3],
    ]);
    expect(inner.calls).toEqual([['a', 'bb'], ['ccc']]);
  });

  it('does not let one caller end the wait of another: that one tries for itself', async () => {
    const release = held();
    const controller = new AbortController();
    const first = encoder.encode(['a'], controller.signal);
    const second = encoder.encode(['a']);
    controller.abort(new Error('paused'));
    release();
    await expect(first).rejects.toThrow('paused');
    expect(lengths(await second)).toEqual([1]);
    expect(inner.calls).toEqual([['a'], ['a']]);
  });

  it('ends the wait for another caller when its own signal is aborted', async () => {
    const release = held();
    const first = encoder.encode(['a']);
    const controller = new AbortController();
    const second = encoder.encode(['a'], controller.signal);
    controller.abort(new Error('paused'));
    await expect(second).rejects.toThrow('paused');
    release();
    await first;
  });

  it('forgets failures', async () => {
    inner.failure = new Error('damaged');
    await expect(encoder.encode(['a'])).rejects.toThrow('damaged');
    inner.failure = undefined;
    expect(lengths(await encoder.encode(['a']))).toEqual([1]);
  });

  it('gives everyone a copy of their own', async () => {
    const [vector] = await encoder.encode(['a']);
    (vector as Float32Array)[0] = 99;
    expect(lengths(await encoder.encode(['a']))).toEqual([1]);
  });

  it('keeps a bounded number of bytes, those used last', async () => {
    // Each takes 4 bytes and 200 beside.
    encoder = new MemoisedEncoder(inner, new VectorCache(3 * 204));
    await encoder.encode(['a', 'bb', 'ccc']);
    await encoder.encode(['a', 'dddd']);
    inner.calls.length = 0;
    await encoder.encode(['a', 'ccc', 'dddd']);
    expect(inner.calls).toEqual([]);
    await encoder.encode(['bb']);
    expect(inner.calls).toEqual([['bb']]);
    // More texts at once than it can hold.
    expect(lengths(await encoder.encode(['1', '22', '333', '4444', '55555']))).toEqual([1, 2, 3, 4, 5]);
  });

  it('tells texts apart that differ in a lone surrogate only', async () => {
    await encoder.encode(['\ud800', '\ud801']);
    await encoder.encode(['\ud801']);
    expect(inner.calls).toEqual([['\ud800', '\ud801']]);
  });
});
