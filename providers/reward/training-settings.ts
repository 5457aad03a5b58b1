import type { HeadChoice } from './head';
import type { TrainingSettings } from './training-request';

/** To be raised whenever the same preference data would give another reward: what was trained before is then trained anew. */
export const rewardTrainingVersion = 5;

/**
 * Largest hidden layer, and the most numbers of all members' weights: artefacts stay below 2 MB, up to 79,000 features, of which
 * two members need that much.
 */
const mostHidden = 8;
const mostNumbers = 475_000;
/** Members of a reward, where there are as many inputs. */
const usualMembers = 5;
/** Candidates from which on a hidden layer competes, which about doubles the time of a fit; below it never won by more than chance. */
const enoughForMlp = 800;

/** Steps for a table of this many numbers (600 candidates x 3,600 features); smaller ones may take more. */
const tableSize = 600 * 3_600;
const stepsAtTableSize = 200;

/**
 * Members that fit into the artefact: a linear one has mean, scale and weight of each feature. Two at least: each is judged by
 * what the other was trained on.
 */
export function mostMembers({ dimension }: { dimension: number }): number {
  return Math.max(2, Math.min(usualMembers, Math.floor(mostNumbers / (3 * dimension))));
}

/**
 * Settings for `rows` candidates of `dimension` features. Each step sees all pairs, so steps are few; their limit falls
 * with the size of the table, so that a fit stays within some twenty seconds of one core.
 */
export function trainingSettings(rows: number, dimension: number): TrainingSettings {
  // Besides the hidden layer a member has mean, scale and linear weight of each feature.
  const hidden = Math.min(mostHidden, Math.floor(mostNumbers / usualMembers / dimension) - 3);
  const linear = { kind: 'linear' as const, hidden: 0, learningRate: 0.02, weightDecay: 0.03 };
  const heads: HeadChoice[] = [
    { ...linear, embeddingShare: 1, wordsShare: 2 },
    { ...linear, embeddingShare: 4, wordsShare: 2 },
    { ...linear, embeddingShare: 4, wordsShare: 16 },
  ];
  if (rows >= enoughForMlp && hidden >= 4)
    heads.push({ ...linear, kind: 'mlp', hidden, embeddingShare: 4, wordsShare: 8 });
  const affordable = Math.round((stepsAtTableSize * tableSize) / (rows * dimension));
  return { heads, maxSteps: Math.max(100, Math.min(400, affordable)), lookEvery: 10, patience: 5 };
}
