import { fitStandardisation, largestDeviation, standardise } from './standardisation';
import { featureVersion, type FeatureSpec } from './feature-spec';

const spec: FeatureSpec = {
  version: featureVersion,
  inputFields: [],
  outputFields: ['y'],
  embeddingDimension: 2,
  blocks: [
    { name: 'whole', kind: 'embedding', offset: 0, length: 2 },
    { name: 'surface:y', kind: 'surface', offset: 2, length: 2 },
  ],
  dimension: 4,
};

const words: FeatureSpec = { ...spec, blocks: [{ name: 'words:y', kind: 'words', offset: 0, length: 4 }] };

describe('fitStandardisation', () => {
  const features = Float32Array.from([0, 10, 5, 1, 2, 30, 5, 3, 900, 900, 900, 900]);

  it('uses the given rows only, shares variance by kind of block and drops constants', () => {
    const fitted = fitStandardisation(spec, features, [0, 1], { embeddingShare: 0.5, wordsShare: 3 });
    expect([...fitted.mean]).toEqual([1, 20, 5, 2]);
    // The embedding's deviations are 1 and 10.
    const common = Math.sqrt(0.5 / 101);
    expect([...fitted.scale]).toEqual([expect.closeTo(common), expect.closeTo(common), 0, 1]);
  });

  it('gives words their share, and a rare one no more than its part', () => {
    const said = Float32Array.from([1, 0, 0, 0, -1, 0, 0, 0, 1, 1, 0, 0, -1, 0, 0, 0]);
    const { scale } = fitStandardisation(words, said, [0, 1, 2, 3], { embeddingShare: 0.5, wordsShare: 6 });
    const common = Math.sqrt(3 / (1 + 3 / 16));
    expect([...scale]).toEqual([expect.closeTo(common), expect.closeTo(common), 0, 0]);
  });

  it('cuts no word of a short output, which would otherwise look like the same word in a long one', () => {
    // Nine times one word, once another, once the other among three more.
    const said = Float32Array.from([...Array<number[]>(9).fill([1, 0, 0, 0]).flat(), 0, 1, 0, 0, 0, 0.5, 0.5, 0.5]);
    const rows = [...Array(11).keys()];
    const standard = standardise(
      said,
      rows,
      fitStandardisation(words, said, rows, { embeddingShare: 4, wordsShare: 16 }),
    );
    const word = (row: number): number => standard[4 * row + 1] as number;
    expect(word(9) - word(0)).toBeCloseTo(2 * (word(10) - word(0)), 4);
  });

  it('cuts freak values', () => {
    const fitted = fitStandardisation(spec, features, [0, 1], { embeddingShare: 0.5, wordsShare: 3 });
    expect([...standardise(features, [2], fitted)]).toEqual([largestDeviation, largestDeviation, 0, largestDeviation]);
  });
});
