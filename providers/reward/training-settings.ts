import type { HeadChoice } from './head';
import type { TrainingSettings } from './training-request';

/** Largest hidden layer, and the most numbers its weights may take, so that every artefact stays below 2 MB. */
const mostHidden = 16;
const mostHiddenWeights = 400_000;

/** Steps for a table of this many numbers (600 candidates x 3,100 features); smaller ones may take more. */
const tableSize = 600 * 3_100;
const stepsAtTableSize = 120;

/**
 * Settings for `rows` candidates of `dimension` features. Each step sees all pairs, so steps are few; their limit falls
 * with the size of the table, so that a fit stays within some ten seconds of one core.
 */
export function trainingSettings(rows: number, dimension: number): TrainingSettings {
  const hidden = Math.min(mostHidden, Math.floor(mostHiddenWeights / dimension));
  const linear = { kind: 'linear' as const, hidden: 0, learningRate: 0.05, weightDecay: 1 };
  const heads: HeadChoice[] = [
    { ...linear, embeddingShare: 0.25 },
    { ...linear, embeddingShare: 4 },
  ];
  if (hidden >= 4) heads.push({ kind: 'mlp', hidden, learningRate: 0.05, weightDecay: 1, embeddingShare: 2 });
  const affordable = Math.round((stepsAtTableSize * tableSize) / (rows * dimension));
  return { heads, maxSteps: Math.max(60, Math.min(200, affordable)), lookEvery: 4, patience: 6, folds: 5 };
}
