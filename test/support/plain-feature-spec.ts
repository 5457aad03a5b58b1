import { featureVersion, type FeatureSpec } from '../../core/reward/feature-spec';

/** The layout of features that a test makes up itself: one block of so many numbers. */
export function plainFeatureSpec(dimension: number): FeatureSpec {
  return {
    version: featureVersion,
    inputFields: [],
    outputFields: ['text'],
    embeddingDimension: dimension,
    blocks: [{ name: 'whole', kind: 'embedding', offset: 0, length: dimension }],
    dimension,
  };
}
