import type { Comparison } from '../../core/preference/comparison';
import type { PreferencePair } from '../../core/preference/preference-pair';
import { buildFeatures, featureTexts } from '../../core/reward/build-features';
import { featureSpec, type FeatureSpec } from '../../core/reward/feature-spec';
import type { Alignment } from '../../core/reward/pairwise-alignment';
import type { InputFolds } from '../../core/reward/input-folds';
import { contentHash, sha256 } from '../../core/system/canonical-json';
import type { Encoder } from '../encoder/encoder';
import { embedTexts } from './embed-texts';
import type { FittedReward } from './fit-reward';
import { indexData, type IndexedData } from './index-data';
import type { Judgement } from './judge-held-out';
import type { RewardManifest } from './reward-manifest';
import { encodeRewardState } from './reward-state';
import type { TrainingRequest, TrainingResult } from './training-request';

/** What a reward is trained and judged on. */
export interface RewardData {
  pairs: readonly PreferencePair[];
  /** Of the same inputs, equal scores too: gains are calibrated on them. */
  comparisons: readonly Comparison[];
}

/** Where training stands: for heartbeats. */
export interface FitProgress {
  phase: 'encoding' | 'training';
  /** Share of the phase that is done, in [0, 1]. */
  done: number;
}

export interface TrainingOptions {
  component: string;
  /** Names of the component's input fields, from its schema. */
  inputFields: readonly string[];
  /** Names of the component's output fields, from its schema. */
  outputFields: readonly string[];
  encoder: Encoder;
  seed: number;
  signal?: AbortSignal;
  onProgress?: (progress: FitProgress) => void;
}

/** Preference data as rows with features. */
export interface PreparedTraining {
  index: IndexedData;
  request: Omit<TrainingRequest, 'task' | 'foldCount'>;
}

/** Encodes all outputs once and builds their features. */
export async function prepareTraining(
  options: RewardData & TrainingOptions,
  folds: InputFolds,
): Promise<PreparedTraining> {
  const { pairs, comparisons, encoder, seed, signal } = options;
  const spec: FeatureSpec = featureSpec({ ...options, embeddingDimension: encoder.dimension });
  const index = indexData(pairs, comparisons, folds);
  const embeddings = await embedTexts(
    encoder,
    index.items.flatMap((item) => featureTexts(spec, item)),
    { signal, onProgress: (done) => options.onProgress?.({ phase: 'encoding', done }) },
  );
  return {
    index,
    request: {
      spec,
      features: buildFeatures(spec, index.items, embeddings),
      rowFolds: index.rowFolds,
      pairs: index.pairs,
      groupFolds: index.groupFolds,
      seed,
    },
  };
}

/** Artefact, state and manifest of what was trained. */
export function finishReward(
  options: RewardData & TrainingOptions,
  { request }: Pick<PreparedTraining, 'request'>,
  trained: {
    training: Pick<TrainingResult, 'artefact' | 'members' | 'operations'>;
    judgement: Judgement;
    folds: InputFolds;
    fittedInputs: number;
    fittedAlignment: Alignment | null;
  },
): FittedReward {
  const { component, pairs, comparisons, encoder, seed } = options;
  const { training, judgement, folds, fittedInputs, fittedAlignment } = trained;
  const state = encodeRewardState({ folds, members: training.members });
  const trainingDataHash = contentHash([pairs, comparisons]);
  const artefactHash = sha256(training.artefact);
  const manifest: RewardManifest = {
    schemaVersion: 2,
    component,
    version: contentHash([component, artefactHash, trainingDataHash, encoder.identity]).slice(0, 16),
    features: request.spec,
    encoder: { identity: encoder.identity, dimension: encoder.dimension },
    members: training.members.map(({ head, steps }) => ({ ...head, steps })),
    seed,
    artefactHash,
    stateHash: sha256(state),
    trainingDataHash,
    fittedInputs,
    fittedAlignment,
    ...judgement.measures,
  };
  const { alignment, trusted } = judgement.measures;
  return {
    status: 'fitted',
    artefact: training.artefact,
    state,
    manifest,
    alignment,
    trusted,
    reason: judgement.reason,
    operations: training.operations,
  };
}
