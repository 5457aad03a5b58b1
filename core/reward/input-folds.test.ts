import { randomStream } from '../random/stream';
import { foldsMeet, inputFolds, type InputFolds } from './input-folds';

const ids = (count: number, prefix = 'e'): string[] => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

function sizesOf(folds: InputFolds): number[] {
  const sizes: number[] = [];
  for (const fold of Object.values(folds)) sizes[fold] = (sizes[fold] ?? 0) + 1;
  return sizes;
}

describe('inputFolds', () => {
  it('puts every input in one fold, sizes differing by at most one', () => {
    const folds = inputFolds([...ids(23), ...ids(23)], 5, randomStream(1, 'folds'));
    expect(Object.keys(folds).sort()).toEqual(ids(23).sort());
    expect(sizesOf(folds).sort()).toEqual([4, 4, 5, 5, 5]);
  });

  it('leaves inputs where they are known to be, and fills the smallest folds with new ones', () => {
    const known = { e0: 2, e1: 2, e2: 2, gone: 0 };
    const folds = inputFolds(ids(9), 3, randomStream(1, 'folds'), known);
    expect(folds).toMatchObject(known);
    expect(sizesOf(folds)).toEqual([4, 3, 3]);
    // Whatever comes beside them later, and however often.
    const later = inputFolds([...ids(9), ...ids(30, 'new')], 3, randomStream(2, 'folds'), folds);
    expect(later).toMatchObject(folds);
    expect(sizesOf(later).sort()).toEqual([13, 13, 14]);
  });

  it('places anew what was in a fold that is no more', () => {
    const folds = inputFolds(ids(4), 2, randomStream(1, 'folds'), { e0: 4, e1: 1 });
    expect(folds.e1).toBe(1);
    expect(sizesOf(folds)).toEqual([2, 2]);
  });

  it('depends on the set of inputs and the stream alone', () => {
    const folds = inputFolds(ids(20), 4, randomStream(1, 'folds'));
    expect(inputFolds(ids(20).reverse(), 4, randomStream(1, 'folds'))).toEqual(folds);
    expect(inputFolds(ids(20), 4, randomStream(2, 'folds'))).not.toEqual(folds);
  });

  it('takes any text as an example id', () => {
    const odd = ['__proto__', 'constructor', '', '7', '東京'];
    const folds = inputFolds(odd, 5, randomStream(1, 'folds'));
    expect(odd.map((id) => folds[id] as number).sort()).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('foldsMeet', () => {
  const of = (...exampleIds: string[]) => exampleIds.map((exampleId) => ({ exampleId }));

  it.each([
    ['examples of two folds were merged', of('a', 'b'), of('a', 'a'), true],
    ['those of one fold were', of('a', 'c'), of('a', 'a'), false],
    ['a new one joined a known one', of('a', 'new'), of('a', 'a'), false],
    ['nothing was merged', of('a', 'b', 'constructor'), of('a', 'b', 'constructor'), false],
    ['names of objects are new ones', of('a', 'constructor'), of('a', 'a'), false],
  ])('says whether %s', (_, given, merged, expected) => {
    expect(foldsMeet(given, merged, { a: 0, b: 1, c: 0 })).toBe(expected);
  });
});
