import { mergeSharedInputs } from '../core/preference/merge-shared-inputs';
import { judges } from '../core/preference/preference-pair';
import type { Component } from '../core/system/component';
import { featureVersion } from '../core/reward/feature-spec';
import { contentHash } from '../core/system/canonical-json';
import type { JsonObject } from '../core/system/json';
import {
  adaptReward,
  fitReward,
  RewardError,
  rewardManifestSchema,
  rewardTrainingVersion,
  type FittedReward,
  type RewardData,
  type RewardManifest,
  type TrainingOptions,
} from '../providers/reward';
import type { Encoder } from '../providers/encoder';
import type { BlobReference, RewardFit, RewardVersion, Stores } from '../storage';
import type { RewardUpdate } from './contracts';
import { intactBlobs } from './intact-blobs';

/** A reward is fitted anew once its inputs have grown by this factor since it last was: heads and steps may suit no longer. */
const growth = 2;

/** A reward that was trained now or earlier, by this worker or another. */
export type TrainedReward = { update: RewardUpdate } & (
  | {
      status: 'fitted';
      artefactSha256: string;
      manifest: RewardManifest;
      reason: string;
    }
  | { status: 'no-preference-signal'; reason: string }
);

export interface RewardTraining {
  stores: Stores;
  component: Component;
  encoder: Encoder;
  seed: number;
  data: RewardData;
  /** The first iteration whose pairs judge, as the version before left it. */
  judgedFrom: number;
  /** The data with what was collected before an iteration marked as stale. */
  dataFrom: (iteration: number) => RewardData;
  /** The newest version before this one. */
  previous: RewardVersion | undefined;
  signal: AbortSignal;
  onProgress: (done: number) => void;
}

type Previous = { manifest: RewardManifest; artefact: Uint8Array; state: Uint8Array };

/**
 * Adapts the version before to the fresh pairs where that is possible and enough, else fits the reward from nothing. Where it could
 * be adapted, fresh pairs judge the version before first. What was trained on the same data before is taken from the database.
 */
export async function trainReward(training: RewardTraining): Promise<TrainedReward> {
  const { previous, judgedFrom } = training;
  const found = await adaptable(training);
  if (typeof found === 'string') {
    return fitAnew(training, { freshAlignment: null, driftAlarm: false, judgedFrom, why: found });
  }
  const before = (previous as RewardVersion).version;
  const inData = causeInData(training.data, found.manifest);
  // A fit may follow, whose progress goes on from there.
  const half = (from: 0 | 0.5) => ({
    ...training,
    onProgress: (done: number) => training.onProgress(from + done / 2),
  });
  const [adapting, fitting] = [half(0), half(0.5)];
  const adapted = await adapt(adapting, found, { before, update: inData === undefined });
  if (typeof adapted === 'string') {
    return fitAnew(fitting, { freshAlignment: null, driftAlarm: false, judgedFrom, why: adapted });
  }
  const { reward, outcome } = adapted;
  const drifted = outcome.drift?.alarm === true && outcome.alarmAfter;
  const causes = [
    ...(drifted ? [inData === undefined ? `${reward.update.why}; adapting was not enough` : driftText(outcome)] : []),
    ...(outcome.foldsMeet ? ['examples that were held out apart share inputs now'] : []),
    ...(inData === undefined ? [] : [inData]),
  ];
  if (causes.length === 0) {
    training.onProgress(1);
    return reward;
  }
  const cause = { ...reward.update, why: causes.join('; ') };
  if (!drifted) return fitAnew(fitting, cause);
  return fitAnew({ ...fitting, data: training.dataFrom(before) }, { ...cause, judgedFrom: before });
}

/** Why a reward is to be fitted anew instead of adapted, for what its data have become; undefined: nothing of that kind. */
function causeInData(data: RewardData, { fittedInputs, fittedAlignment }: RewardManifest): string | undefined {
  if (fittedAlignment === null && data.pairs.some(judges)) return 'nothing could judge it when it was last fitted';
  const inputs = new Set(mergeSharedInputs(data).pairs.map(({ exampleId }) => exampleId)).size;
  if (inputs < growth * fittedInputs) return undefined;
  return `${inputs} inputs have pairs, ${fittedInputs} had when it was last fitted`;
}

/** The version before, or why it cannot be adapted. */
async function adaptable({ stores, encoder, previous }: RewardTraining): Promise<Previous | string> {
  if (previous === undefined) return 'the first one';
  if (previous.artefactSha256 === undefined) return 'there was none before';
  const manifest = rewardManifestSchema.safeParse(previous.manifest);
  if (!manifest.success) return 'the one before is of another version of Optimas';
  if (manifest.data.encoder.identity !== encoder.identity) return 'the one before was fitted with another encoder';
  const [artefact, state] = [previous.artefactSha256, manifest.data.stateHash];
  const blobs = await intactBlobs(stores, [artefact, state]);
  if (blobs === undefined) return 'the one before is damaged in the database';
  return {
    manifest: manifest.data,
    artefact: blobs.get(artefact) as Uint8Array,
    state: blobs.get(state) as Uint8Array,
  };
}

async function fitAnew(training: RewardTraining, cause: Omit<RewardUpdate, 'how'>): Promise<TrainedReward> {
  const options = trainingOptions(training);
  const stored = await remembered<string>(training, ['fit'], async () => {
    const fitted = await fitReward(options);
    return fitted.status === 'fitted' ? { reward: fitted, outcome: {} } : fitted.reason;
  });
  if (typeof stored === 'string') {
    return { status: 'no-preference-signal', reason: stored, update: { ...cause, how: 'none' } };
  }
  return { ...stored.reward, update: { ...cause, how: 'fitted' } };
}

/** What an adaptation said, as it is stored with it. */
interface AdaptationOutcome {
  status: 'adapted' | 'rolled-back';
  freshAlignment: number | null;
  drift: { expected: number; fresh: number; alarm: boolean } | null;
  alarmAfter: boolean;
  foldsMeet: boolean;
  batches: number;
  rehearsed: boolean;
  loss: { before: number; after: number };
}

/** A text: why the version before cannot be adapted after all. */
async function adapt(
  training: RewardTraining,
  previous: Previous,
  { before, update }: { before: number; update: boolean },
): Promise<{ reward: TrainedReward; outcome: AdaptationOutcome } | string> {
  const options = trainingOptions(training);
  const stored = await remembered<string>(
    training,
    [update ? 'adapt' : 'judge', previous.manifest.version, previous.manifest.stateHash, before],
    async () => {
      let result;
      try {
        result = await adaptReward({ ...options, previous, update, isFresh: (pair) => pair.iteration >= before });
      } catch (error) {
        if (RewardError.isInstance(error)) return `the one before cannot be adapted: ${error.fault}`;
        throw error;
      }
      const outcome: AdaptationOutcome = {
        status: result.status,
        freshAlignment: result.freshAlignment?.value ?? null,
        drift: result.drift === null ? null : { ...result.drift },
        alarmAfter: result.driftAfter?.alarm === true,
        foldsMeet: result.foldsMeet,
        batches: result.batches,
        rehearsed: result.rehearsed,
        loss: result.freshLoss,
      };
      return { reward: result.reward, outcome: outcome as unknown as JsonObject };
    },
  );
  if (typeof stored === 'string') return stored;
  const outcome = stored.outcome as unknown as AdaptationOutcome;
  const record: RewardUpdate = {
    how: outcome.status,
    why: adaptationText(outcome),
    freshAlignment: outcome.freshAlignment,
    driftAlarm: outcome.drift?.alarm === true,
    judgedFrom: training.judgedFrom,
  };
  return { reward: { ...stored.reward, update: record }, outcome };
}

function adaptationText(outcome: AdaptationOutcome): string {
  const { status, freshAlignment, drift, batches, rehearsed, loss } = outcome;
  if (freshAlignment === null) return 'no fresh pair tells whether an update helps';
  const alarm = drift?.alarm ? `${driftText(outcome)}; ` : '';
  const losses = `held-out loss of fresh pairs ${loss.before.toFixed(3)}`;
  if (status === 'rolled-back') return `${alarm}${losses}, and no update surely orders them better`;
  const data = rehearsed ? 'fresh and past pairs' : 'fresh pairs';
  return `${alarm}${losses} -> ${loss.after.toFixed(3)} by ${batches} mini-batches of ${data}`;
}

function driftText({ drift }: AdaptationOutcome): string {
  return `drift: alignment on fresh pairs ${drift?.fresh.toFixed(3)}, ${drift?.expected.toFixed(3)} expected`;
}

type Stored = { reward: Omit<Extract<TrainedReward, { status: 'fitted' }>, 'update'>; outcome: JsonObject };

/** What was trained on the same before, where it can still be read; otherwise trains and keeps it. A text: why there is nothing to train. */
async function remembered<Nothing extends string>(
  { stores, component, encoder, seed, data }: RewardTraining,
  what: readonly (string | number)[],
  train: () => Promise<{ reward: FittedReward; outcome: JsonObject } | Nothing>,
): Promise<Stored | Nothing> {
  const { pairs, comparisons } = data;
  const fields = [Object.keys(component.input.shape), Object.keys(component.output.shape)];
  const key = contentHash([
    rewardTrainingVersion,
    featureVersion,
    what,
    component.name,
    fields,
    encoder.identity,
    seed,
    pairs,
    comparisons,
  ]);
  const known = await stores.rewardFits.get(key);
  const damaged = known !== undefined && !(await isIntact(stores, known)) ? known : undefined;
  if (known !== undefined && damaged === undefined) return storedFit(known);
  const trained = await train();
  if (typeof trained === 'string') return trained;
  const { artefact, state, manifest, reason } = trained.reward;
  const [stored] = await stores.blobs.mendMany([
    { bytes: artefact, contentType: 'application/onnx' },
    { bytes: state, contentType: 'application/json' },
  ]);
  const { sha256 } = stored as BlobReference;
  await stores.rewardFits.put(
    key,
    {
      artefactSha256: sha256,
      manifest: manifest as unknown as JsonObject,
      outcome: { ...trained.outcome, reason },
    },
    damaged,
  );
  // Another worker may have trained the same meanwhile, with other last digits: the first one counts for all.
  return storedFit((await stores.rewardFits.get(key)) as RewardFit);
}

async function isIntact(stores: Stores, { artefactSha256, manifest }: RewardFit): Promise<boolean> {
  const { artefactHash, stateHash } = rewardManifestSchema.parse(manifest);
  return artefactHash === artefactSha256 && (await intactBlobs(stores, [artefactSha256, stateHash])) !== undefined;
}

function storedFit({ artefactSha256, manifest, outcome: { reason, ...outcome } }: RewardFit): Stored {
  return {
    reward: {
      status: 'fitted',
      artefactSha256,
      manifest: rewardManifestSchema.parse(manifest),
      reason: reason as string,
    },
    outcome,
  };
}

function trainingOptions({
  component,
  encoder,
  seed,
  data,
  signal,
  onProgress,
}: RewardTraining): RewardData & TrainingOptions {
  return {
    ...data,
    component: component.name,
    inputFields: Object.keys(component.input.shape),
    outputFields: Object.keys(component.output.shape),
    encoder,
    seed,
    signal,
    // Which phase takes longer depends on the encoder; what counts is that the share does not fall between them.
    onProgress: ({ phase, done }) => onProgress(phase === 'encoding' ? done / 2 : (1 + done) / 2),
  };
}
