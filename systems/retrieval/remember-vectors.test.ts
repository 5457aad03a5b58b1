import type { Encode } from './passage-index';
import { rememberVectors } from './remember-vectors';

const asked: string[][] = [];
const lengths: Encode = async (texts) => {
  asked.push([...texts]);
  return texts.map((text) => [text.length]);
};
beforeEach(() => asked.splice(0));

describe('rememberVectors', () => {
  it('embeds every text once, also for calls at the same time, and keeps the order', async () => {
    const encode = rememberVectors(lengths);
    const together = await Promise.all([encode(['a', 'bb', 'a']), encode(['bb', 'ccc'])]);
    expect(together).toEqual([
      [[1], [2], [1]],
      [[2], [3]],
    ]);
    expect(await encode(['ccc', 'a'])).toEqual([[3], [1]]);
    expect(asked).toEqual([['a', 'bb'], ['ccc']]);
  });

  it('drops the oldest vectors beyond its limit', async () => {
    const encode = rememberVectors(lengths, 2);
    await encode(['a', 'bb', 'ccc']);
    expect(await encode(['bb', 'ccc'])).toEqual([[2], [3]]);
    expect(asked).toHaveLength(1);
    expect(await encode(['a'])).toEqual([[1]]);
    expect(asked).toHaveLength(2);
  });

  it('tries again after a failure, and after too few vectors', async () => {
    const replies: (() => number[][])[] = [
      () => {
        throw new Error('encoder is down');
      },
      () => [],
      () => [[7]],
    ];
    const encode = rememberVectors(async () => (replies.shift() as () => number[][])());
    await expect(encode(['a'])).rejects.toThrow('encoder is down');
    await expect(encode(['a'])).rejects.toThrow('the encoder gave 0 vectors for 1 texts');
    expect(await encode(['a'])).toEqual([[7]]);
  });

  it('gives an aborted caller its reason', async () => {
    await expect(rememberVectors(lengths)(['a'], AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
    expect(asked).toEqual([]);
  });
});
