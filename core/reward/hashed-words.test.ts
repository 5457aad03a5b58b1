import { hashedWords, hashedWordsLength } from './hashed-words';
import { fieldSurface } from './surface-features';

const vectorOf = (text: string): Float32Array => hashedWords(fieldSurface(text).words);
const product = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, k) => sum + value * (b[k] as number), 0);
const used = (vector: Float32Array): number => vector.filter((value) => value !== 0).length;

describe('hashedWords', () => {
  it('is of unit length, and of zeros for no words', () => {
    for (const text of ['one', 'the answer is the answer', 'x '.repeat(50_000)]) {
      const vector = vectorOf(text);
      expect(vector).toHaveLength(hashedWordsLength);
      expect(product(vector, vector)).toBeCloseTo(1, 5);
    }
    expect([...new Set(hashedWords([]))]).toEqual([0]);
    expect(used(vectorOf('🚀 !? …'))).toBe(0);
  });

  it('tells words apart, not their order', () => {
    expect(vectorOf('the answer is Lima')).toEqual(vectorOf('Lima is the answer'));
    expect(product(vectorOf('i cannot answer this'), vectorOf('lima lies in peru'))).toBeCloseTo(0, 5);
    expect(used(vectorOf('four words of one'))).toBe(4);
  });

  it('damps repetition by its square root', () => {
    // (sqrt 4, 1) and (0, 1) of unit length.
    expect(Math.abs(product(vectorOf('no no no no lima'), vectorOf('lima')))).toBeCloseTo(1 / Math.sqrt(5), 5);
  });

  it.each([
    ['Chinese', '东京是日本的首都', '首都是东京'],
    ['Japanese', 'カタカナとかな', 'かなとカタカナ'],
    ['Thai', 'กรุงเทพ', 'เทพกรุง'],
  ])('counts %s by character, so that sentences of the same characters are alike', (_, one, other) => {
    const distinct = new Set(one).size;
    expect(used(vectorOf(one))).toBeLessThanOrEqual(distinct);
    // Two may fall on one place.
    expect(used(vectorOf(one))).toBeGreaterThanOrEqual(distinct - 1);
    expect(product(vectorOf(one), vectorOf(other))).toBeGreaterThan(0.6);
  });

  it('counts scripts with spaces by word', () => {
    expect(used(vectorOf('слово слова'))).toBe(2);
    expect(Math.abs(product(vectorOf('слово'), vectorOf('слова')))).toBeLessThan(0.01);
  });
});
