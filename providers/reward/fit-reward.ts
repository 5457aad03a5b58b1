import { buildFeatures, featureTexts } from '../../core/reward/build-features';
import { featureSpec } from '../../core/reward/feature-spec';
import type { Alignment } from '../../core/reward/pairwise-alignment';
import type { PreferencePair } from '../../core/preference/preference-pair';
import { contentHash, sha256 } from '../../core/system/canonical-json';
import type { Encoder } from '../encoder/encoder';
import { embedTexts } from './embed-texts';
import { indexPairs } from './index-pairs';
import { judgeHeldOut } from './judge-held-out';
import { checkPairs } from './check-fit';
import type { RewardManifest } from './reward-manifest';
import { trainInThread } from './train-in-thread';
import { trainingSettings } from './training-settings';
import type { TrainingRequest } from './training-request';

/** Where fitting stands: for heartbeats. */
export interface FitProgress {
  phase: 'encoding' | 'training';
  /** Share of the phase that is done, in [0, 1]. */
  done: number;
}

export interface FitRewardOptions {
  component: string;
  /** Names of the component's input fields, from its schema. */
  inputFields: readonly string[];
  /** Names of the component's output fields, from its schema. */
  outputFields: readonly string[];
  pairs: readonly PreferencePair[];
  encoder: Encoder;
  seed: number;
  signal?: AbortSignal;
  onProgress?: (progress: FitProgress) => void;
}

export type FitRewardResult =
  | {
      status: 'fitted';
      /** The `.onnx` file: raw `features [n, d]` -> `reward [n]`. */
      artefact: Uint8Array;
      manifest: RewardManifest;
      /** On held-out pairs that are neither stale nor with the ground truth; null: there were none. */
      alignment: Alignment | null;
      /** Alignment on inputs that the head never saw is above one half with 95 % confidence (one-sided). */
      trusted: boolean;
      /** Why it is trusted or not. */
      reason: string;
    }
  | { status: 'no-preference-signal'; reason: string };

/**
 * Fits a component's Local Reward Function to its preference pairs (paper, section 4.1) in a worker thread.
 * The same options give the same artefact, bit for bit, on one machine.
 *
 * @throws TypeError for bad pairs; the signal's reason once it is aborted.
 */
export async function fitReward(options: FitRewardOptions): Promise<FitRewardResult> {
  const { component, pairs, encoder, seed, signal } = options;
  checkPairs(component, pairs);
  const groups = [...new Set(pairs.map((pair) => pair.exampleId))].sort();
  if (pairs.length === 0) {
    return noSignal(
      `component '${component}': no preference signal, no two candidate outputs of one input differ in score`,
    );
  }
  if (groups.length === 1) {
    return noSignal(
      `component '${component}': all pairs come from one input ('${groups[0]}'), so none can be held out`,
    );
  }
  const spec = featureSpec({ ...options, embeddingDimension: encoder.dimension });
  const table = indexPairs(pairs, groups);
  const embeddings = await embedTexts(
    encoder,
    table.items.flatMap((item) => featureTexts(spec, item)),
    { signal, onProgress: (done) => options.onProgress?.({ phase: 'encoding', done }) },
  );
  const request: TrainingRequest = {
    spec,
    features: buildFeatures(spec, table.items, embeddings),
    pairs: table.pairs,
    groupCount: groups.length,
    seed,
    settings: trainingSettings(table.items.length, spec.dimension),
  };
  const training = await trainInThread(request, {
    signal,
    onProgress: (done) => options.onProgress?.({ phase: 'training', done }),
  });
  const { measures, reason } = judgeHeldOut(pairs, training.heldOut, seed);
  const trainingDataHash = contentHash(pairs);
  const artefactHash = sha256(training.artefact);
  const manifest: RewardManifest = {
    schemaVersion: 1,
    component,
    version: contentHash([component, artefactHash, trainingDataHash, encoder.identity]).slice(0, 16),
    features: spec,
    encoder: { identity: encoder.identity, dimension: encoder.dimension },
    head: { ...training.head, steps: training.steps },
    seed,
    artefactHash,
    trainingDataHash,
    ...measures,
  };
  const { alignment, trusted } = measures;
  return { status: 'fitted', artefact: training.artefact, manifest, alignment, trusted, reason };
}

function noSignal(reason: string): FitRewardResult {
  return { status: 'no-preference-signal', reason };
}
