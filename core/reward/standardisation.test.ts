import { fitStandardisation, largestDeviation, standardise } from './standardisation';
import type { FeatureSpec } from './feature-spec';

const spec: FeatureSpec = {
  version: 2,
  inputFields: [],
  outputFields: ['y'],
  embeddingDimension: 2,
  blocks: [
    { name: 'whole', kind: 'embedding', offset: 0, length: 2 },
    { name: 'surface:y', kind: 'surface', offset: 2, length: 2 },
  ],
  dimension: 4,
};

describe('fitStandardisation', () => {
  const features = Float32Array.from([0, 10, 5, 1, 2, 30, 5, 3, 900, 900, 900, 900]);

  it('uses the given rows only, shares variance by kind of block and drops constants', () => {
    const fitted = fitStandardisation(spec, features, [0, 1], 0.5);
    expect([...fitted.mean]).toEqual([1, 20, 5, 2]);
    // The embedding's deviations are 1 and 10.
    const common = Math.sqrt(0.5 / 101);
    expect([...fitted.scale]).toEqual([expect.closeTo(common), expect.closeTo(common), 0, 1]);
  });

  it('gives words eight times the variance of an embedding, and a rare one no more than its part', () => {
    const words: FeatureSpec = {
      ...spec,
      blocks: [{ name: 'words:y', kind: 'words', offset: 0, length: 4 }],
    };
    const said = Float32Array.from([1, 0, 0, 0, -1, 0, 0, 0, 1, 1, 0, 0, -1, 0, 0, 0]);
    const { scale } = fitStandardisation(words, said, [0, 1, 2, 3], 2);
    const common = Math.sqrt((8 * 2) / (1 + 3 / 16));
    expect([...scale]).toEqual([expect.closeTo(common), expect.closeTo(common), 0, 0]);
  });

  it('cuts freak values', () => {
    const fitted = fitStandardisation(spec, features, [0, 1], 0.5);
    expect([...standardise(features, [2], fitted)]).toEqual([largestDeviation, largestDeviation, 0, largestDeviation]);
  });
});
