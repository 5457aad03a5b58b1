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
    expect([...fitted.scale].map((value) => Number(value.toFixed(4)))).toEqual([0.5, 0.05, 0, 1]);
  });

  it('cuts freak values', () => {
    const fitted = fitStandardisation(spec, features, [0, 1], 0.5);
    expect([...standardise(features, [2], fitted)]).toEqual([largestDeviation, largestDeviation, 0, largestDeviation]);
  });
});
