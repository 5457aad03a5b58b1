import { mergeSharedInputs } from '../../core/preference/merge-shared-inputs';
import { featureSpec } from '../../core/reward/feature-spec';
import { fittingFolds } from '../../core/reward/input-folds';
import type { Alignment } from '../../core/reward/pairwise-alignment';
import { judgeHeldOut } from './judge-held-out';
import { checkData } from './check-fit';
import type { RewardManifest } from './reward-manifest';
import { finishReward, prepareTraining, type RewardData, type TrainingOptions } from './train-reward';
import { trainInThread } from './train-in-thread';
import { mostMembers, trainingSettings } from './training-settings';

export interface FittedReward {
  status: 'fitted';
  /** The `.onnx` file: raw `features [n, d]` -> `rewards [n, members]` and their mean `reward [n]`. */
  artefact: Uint8Array;
  /** What adapting it later needs. */
  state: Uint8Array;
  manifest: RewardManifest;
  /** On held-out pairs that are neither stale nor with the ground truth; null: there were none. */
  alignment: Alignment | null;
  /** Alignment on inputs that the head never saw is above one half with 95 % confidence (one-sided). */
  trusted: boolean;
  /** Why it is trusted or not. */
  reason: string;
  /** Multiplications and additions of one weight that training took, about. */
  operations: number;
}

export type FitRewardResult = FittedReward | { status: 'no-preference-signal'; reason: string };

/**
 * Fits a component's Local Reward Function to its preference data (paper, section 4.1) in a worker thread, from nothing.
 * The same options give the same artefact, bit for bit, on one machine.
 *
 * @throws TypeError for bad pairs or comparisons; the signal's reason once it is aborted.
 */
export async function fitReward(given: RewardData & TrainingOptions): Promise<FitRewardResult> {
  const { component, seed } = given;
  checkData(component, given);
  const { pairs, comparisons } = mergeSharedInputs(given);
  const options = { ...given, pairs, comparisons };
  const ids = [...new Set(pairs.map((pair) => pair.exampleId))];
  if (pairs.length === 0) {
    return noSignal(
      `component '${component}': no preference signal, no two candidate outputs of one input differ in score`,
    );
  }
  if (ids.length === 1) {
    return noSignal(`component '${component}': all pairs come from one input ('${ids[0]}'), so none can be held out`);
  }
  const foldCount = Math.min(
    ids.length,
    mostMembers(featureSpec({ ...given, embeddingDimension: given.encoder.dimension })),
  );
  const folds = fittingFolds(ids, comparisons, foldCount, seed);
  const prepared = await prepareTraining(options, folds);
  const training = await trainInThread(
    {
      ...prepared.request,
      foldCount,
      task: { type: 'fit', settings: trainingSettings(prepared.index.items.length, prepared.request.spec.dimension) },
    },
    { signal: options.signal, onProgress: (done) => options.onProgress?.({ phase: 'training', done }) },
  );
  const judgement = judgeHeldOut({ pairs, comparisons, index: prepared.index, rewards: training.heldOut }, seed);
  return finishReward(options, prepared, {
    training,
    judgement,
    folds,
    fittedInputs: ids.length,
    fittedAlignment: judgement.measures.alignment,
  });
}

function noSignal(reason: string): FitRewardResult {
  return { status: 'no-preference-signal', reason };
}
