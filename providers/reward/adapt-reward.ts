import { mergeSharedInputs } from '../../core/preference/merge-shared-inputs';
import { judges, type PreferencePair } from '../../core/preference/preference-pair';
import { replaySample } from '../../core/preference/replay-sample';
import { randomStream } from '../../core/random/stream';
import { driftCheck, type DriftCheck } from '../../core/reward/drift';
import { featureSpec } from '../../core/reward/feature-spec';
import { foldsMeet, inputFolds } from '../../core/reward/input-folds';
import type { Alignment } from '../../core/reward/pairwise-alignment';
import { adaptationPlans } from './adaptation-plans';
import { checkData, checkEncoder, checkFields, checkOwnBytes, rewardName } from './check-fit';
import type { FittedReward } from './fit-reward';
import { heldOutAlignment, heldOutLoss, judgeHeldOut, type JudgedData } from './judge-held-out';
import type { RewardManifest } from './reward-manifest';
import { decodeRewardState } from './reward-state';
import { finishReward, prepareTraining, type RewardData, type TrainingOptions } from './train-reward';
import { trainInThread } from './train-in-thread';
import type { AdaptationSettings, TrainingResult } from './training-request';

export interface AdaptRewardOptions extends RewardData, TrainingOptions {
  /** The reward to adapt. */
  previous: { manifest: RewardManifest; artefact: Uint8Array; state: Uint8Array };
  /** Pairs that were scored since it was trained; the others are its replay buffer. */
  isFresh: (pair: PreferencePair) => boolean;
  /** False: the fresh pairs judge, and nothing is learned from them; default true. */
  update?: boolean;
}

/** What fresh pairs said of the previous reward, and what became of it. */
export interface Adaptation {
  /** Of the previous reward on the fresh pairs, before it learned from them; null: none of them counts. */
  freshAlignment: Alignment | null;
  /** Null where there is nothing to compare. */
  drift: DriftCheck | null;
  /** The same after the update. */
  driftAfter: DriftCheck | null;
  /** Examples that were held out apart share inputs now: nothing is out of sample any more, so nothing was judged or learned. */
  foldsMeet: boolean;
  /** Loss on the fresh pairs that count, each by a member that did not learn from its input. */
  freshLoss: { before: number; after: number };
  /** Mini-batches of the update; 0: rolled back. */
  batches: number;
  /** Past pairs stood beside the fresh ones; false: the fresh ones alone served better, or it was rolled back. */
  rehearsed: boolean;
}

export type AdaptRewardResult =
  | (Adaptation & { status: 'adapted'; reward: FittedReward })
  /** No update surely ordered held-out fresh pairs better, so the previous members stay; judged and calibrated anew. */
  | (Adaptation & { status: 'rolled-back'; reward: FittedReward });

/**
 * Adapts a reward to fresh preference pairs (paper, section 4.2): a few mini-batch steps on fresh pairs and as many of the
 * replay buffer, with the optimizer's moments as they were. Before that the fresh pairs judge the reward as it was, which
 * shows drift. An update that does not order held-out fresh pairs better, with 70 % confidence, is rolled back.
 *
 * @throws RewardError for another encoder or other fields than the reward's, or a damaged state; TypeError for bad pairs.
 */
export async function adaptReward(given: AdaptRewardOptions): Promise<AdaptRewardResult> {
  const { component, encoder, seed, previous, isFresh, update = true } = given;
  const { manifest } = previous;
  checkData(component, given);
  checkEncoder(manifest, encoder);
  checkFields(manifest, featureSpec({ ...given, embeddingDimension: encoder.dimension }));
  checkOwnBytes(manifest, previous);
  const state = decodeRewardState(rewardName(manifest), previous.state);
  const { pairs, comparisons } = mergeSharedInputs(given, (id) => Object.hasOwn(state.folds, id));
  const options = { ...given, pairs, comparisons };
  const foldCount = state.members.length;
  const ids = [...pairs, ...comparisons].map(({ exampleId }) => exampleId);
  const folds = inputFolds(ids, foldCount, randomStream(seed, 'reward-folds', manifest.version), state.folds);
  const prepared = await prepareTraining(options, folds);
  const meet = foldsMeet([...given.pairs, ...given.comparisons], [...pairs, ...comparisons], state.folds);
  const counts = (pair: PreferencePair): boolean => !meet && isFresh(pair) && judges(pair);
  const fresh = update && !meet ? [...pairs.keys()].filter((index) => isFresh(pairs[index] as PreferencePair)) : [];
  const past = [...pairs.keys()].filter((index) => !isFresh(pairs[index] as PreferencePair));
  const settings: AdaptationSettings = {
    ...adaptationPlans(
      fresh,
      (count, batch) => replaySample(pairs, past, count, randomStream(seed, 'replay', manifest.version, batch)),
      randomStream(seed, 'adaptation', manifest.version),
    ),
    judged: fresh.filter((index) => counts(pairs[index] as PreferencePair)),
  };
  const training = await trainInThread(
    { ...prepared.request, foldCount, task: { type: 'adapt', members: state.members, settings } },
    { signal: options.signal, onProgress: (done) => options.onProgress?.({ phase: 'training', done }) },
  );
  const judged = (rewards: Float32Array): JudgedData => ({ pairs, comparisons, index: prepared.index, rewards });
  const { heldOutBefore, batches, plan } = training.adaptation as Required<TrainingResult>['adaptation'];
  const [before, after] = [judged(heldOutBefore), judged(training.heldOut)];
  const freshAlignment = heldOutAlignment(before, counts, seed);
  const checked = (fresh: Alignment | null): DriftCheck | null =>
    manifest.fittedAlignment === null || fresh === null ? null : driftCheck(manifest.fittedAlignment, fresh);
  const rolledBack = batches === 0;
  return {
    freshAlignment,
    drift: checked(freshAlignment),
    driftAfter: checked(heldOutAlignment(after, counts, seed)),
    foldsMeet: meet,
    freshLoss: { before: heldOutLoss(before, counts), after: heldOutLoss(after, counts) },
    batches,
    rehearsed: !rolledBack && plan === 0,
    status: rolledBack ? 'rolled-back' : 'adapted',
    reward: finishReward(options, prepared, {
      training: rolledBack ? { ...training, artefact: previous.artefact } : training,
      judgement: judgeHeldOut(after, seed),
      folds,
      fittedInputs: manifest.fittedInputs,
      fittedAlignment: manifest.fittedAlignment,
    }),
  };
}
