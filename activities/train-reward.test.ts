import { z } from 'zod';
import type { Candidate } from '../core/preference/candidate';
import { component } from '../core/system/component';
import type { Encoder } from '../providers/encoder';
import { storesOf, type RewardVersion, type Stores } from '../storage';
import { TemporaryFolder } from '../storage/testing/temporary-folder';
import { adaptReward } from '../providers/reward';
import { decodeRewardState } from '../providers/reward/reward-state';
import { damageBlob } from '../test/support/damage-blob';
import {
  candidatesOf,
  FoldedEncoder,
  noiseTasks,
  plantedTasks,
  rewardData,
  sharingInputs,
} from '../test/support/planted-reward-data';
import { trainReward, type RewardTraining, type TrainedReward } from './train-reward';

let mockTrainingVersion = 1;
jest.mock('../providers/reward/training-settings', () => ({
  ...jest.requireActual<object>('../providers/reward/training-settings'),
  get rewardTrainingVersion() {
    return mockTrainingVersion;
  },
}));

jest.setTimeout(120_000);

const writer = component({
  name: 'writer',
  description: 'Writes',
  input: z.object({ topic: z.string() }),
  output: z.object({ text: z.string() }),
  run: () => ({ text: '' }),
});
const encoder = new FoldedEncoder();

/** Whoever needs an embedding trains: nothing does that finds what was trained before. */
class SilentEncoder implements Encoder {
  readonly identity: string;
  constructor(readonly dimension: number) {
    this.identity = new FoldedEncoder(dimension).identity;
  }
  async encode(): Promise<Float32Array[]> {
    throw new Error('trained again');
  }
}
const silent = new SilentEncoder(encoder.dimension);

const past = candidatesOf(plantedTasks(30), { iteration: -1 });
/** Of the first iteration: version 0 was fitted before it. */
const fresh = (tasks: Parameters<typeof candidatesOf>[0]): Candidate[] => [
  ...past,
  ...candidatesOf(tasks, { iteration: 0 }),
];
const same = fresh(plantedTasks(12, 'fresh'));
/** What was good is bad now: eight inputs are not enough to learn that from. */
const few = fresh(plantedTasks(8, 'turned', -1));
/** A sixth of what was good or bad is the opposite now. */
const many = fresh(plantedTasks(24, 'turned', -1, 4));

let folder: TemporaryFolder;
let stores: Stores;
let first: TrainedReward;
beforeAll(async () => {
  folder = await TemporaryFolder.create();
  stores = storesOf(await folder.open());
  first = await train(past);
});
afterAll(() => folder.remove());
beforeEach(() => {
  mockTrainingVersion = 1;
});

function train(candidates: readonly Candidate[], others: Partial<RewardTraining> = {}): Promise<TrainedReward> {
  return trainReward({
    ...{ stores, component: writer, encoder, seed: 3, data: rewardData(candidates), previous: undefined },
    ...{ judgedFrom: -1, dataFrom: (from: number) => rewardData(markedBefore(candidates, from)) },
    ...{ signal: new AbortController().signal, onProgress: () => {} },
    ...others,
  });
}

const markedBefore = (candidates: readonly Candidate[], from: number): Candidate[] =>
  candidates.map((candidate) => (candidate.iteration < from ? { ...candidate, stale: true } : candidate));

function versionOf(trained: TrainedReward, version = 0): RewardVersion {
  const made = { runId: 'run', component: 'writer', version, metrics: {} };
  if (trained.status !== 'fitted') return { ...made, manifest: {} };
  const { artefactSha256, manifest } = trained;
  return { ...made, artefactSha256, manifest: JSON.parse(JSON.stringify(manifest)) as RewardVersion['manifest'] };
}

const fittedOf = (trained: TrainedReward) => {
  if (trained.status !== 'fitted') throw new Error(trained.reason);
  return trained;
};

const retrain = (candidates: readonly Candidate[], others: Partial<RewardTraining> = {}) =>
  train(candidates, { previous: versionOf(first), ...others });

describe('trainReward', () => {
  it('fits the first version of a component', () => {
    expect(first.update).toEqual({
      how: 'fitted',
      why: 'the first one',
      freshAlignment: null,
      driftAlarm: false,
      judgedFrom: -1,
    });
    expect(fittedOf(first).manifest).toMatchObject({ trusted: true, encoder: { identity: encoder.identity } });
  });

  it('adapts the next one to the pairs that the version before had not seen, and tells how it ordered them', async () => {
    const result = fittedOf(await retrain(same));
    expect(result.update).toMatchObject({ how: 'adapted', why: expect.stringMatching(/loss of fresh pairs .* -> /) });
    const { artefactSha256, manifest } = fittedOf(first);
    expect(result.artefactSha256).not.toBe(artefactSha256);
    expect(result.manifest.fittedInputs).toBe(manifest.fittedInputs);
    const steps = (of: typeof manifest) => of.members[0]?.steps as number;
    expect(steps(result.manifest)).toBeGreaterThan(steps(manifest));
    const [artefact, state] = await Promise.all(
      [artefactSha256, manifest.stateHash].map((hash) => stores.blobs.get(hash)),
    );
    const adapted = await adaptReward({
      ...{ ...rewardData(same), component: 'writer', inputFields: ['topic'], outputFields: ['text'], encoder, seed: 3 },
      previous: { manifest, artefact: artefact as Uint8Array, state: state as Uint8Array },
      isFresh: ({ exampleId }) => exampleId.startsWith('fresh'),
    });
    expect(adapted.freshAlignment?.inputs).toBe(12);
    expect(result.update.freshAlignment).toBe(adapted.freshAlignment?.value);
    expect(result.artefactSha256).toBe(adapted.reward.manifest.artefactHash);
  });

  it('goes on from an adapted version: fresh is what came after it', async () => {
    const second = await retrain(same);
    const later = [...same, ...candidatesOf(plantedTasks(6, 'later', -1), { iteration: 1 })];
    const { update } = await train(later, { previous: versionOf(second, 1) });
    // All turned round: the twelve inputs of the iteration before would have lifted this.
    expect(update.freshAlignment).toBeLessThan(0.3);
  });

  it('keeps the version before where fresh pairs are noise', async () => {
    const unsure = await train(candidatesOf(noiseTasks(30, 'unsure'), { iteration: -1 }));
    const noise = [
      ...candidatesOf(noiseTasks(30, 'unsure'), { iteration: -1 }),
      ...candidatesOf(noiseTasks(20), { iteration: 0 }),
    ];
    const result = fittedOf(await train(noise, { previous: versionOf(unsure) }));
    expect(result.update).toMatchObject({
      ...{ how: 'rolled-back', driftAlarm: false, why: expect.stringContaining('no update surely orders them better') },
    });
    expect(Math.abs((result.update.freshAlignment as number) - 0.5)).toBeLessThan(0.15);
    expect(result.artefactSha256).toBe(fittedOf(unsure).artefactSha256);
    // Judged anew, on the fresh pairs too.
    expect(result.manifest.alignment?.pairs).toBeGreaterThan(fittedOf(unsure).manifest.alignment?.pairs as number);
  });

  it('fits anew once inputs have doubled since the last fit, though adapted meanwhile', async () => {
    const adapted = await retrain(same);
    const { fittedInputs } = fittedOf(first).manifest;
    const later = [...same, ...candidatesOf(plantedTasks(24, 'later'), { iteration: 1 })];
    const result = fittedOf(await train(later, { previous: versionOf(adapted, 1) }));
    const inputs = new Set(rewardData(later).pairs.map(({ exampleId }) => exampleId)).size;
    expect(inputs).toBeGreaterThanOrEqual(2 * fittedInputs);
    expect(result.update).toEqual({
      ...{ how: 'fitted', freshAlignment: expect.any(Number) as number, driftAlarm: false, judgedFrom: -1 },
      why: `${inputs} inputs have pairs, ${fittedInputs} had when it was last fitted`,
    });
    expect(result.update.freshAlignment).toBeGreaterThan(0.7);
    expect(result.manifest.fittedInputs).toBe(inputs);
  });

  it('fits anew what learned to tell the ground truth from outputs of models, once those differ in score', async () => {
    const onlyTruth = rewardData(past);
    const before = await train(past, {
      data: { ...onlyTruth, pairs: onlyTruth.pairs.map((pair) => ({ ...pair, groundTruth: true })) },
    });
    expect(fittedOf(before).manifest).toMatchObject({ trusted: false, fittedAlignment: null });
    const result = fittedOf(await train(same, { previous: versionOf(before) }));
    expect(result.update).toMatchObject({ how: 'fitted', why: 'nothing could judge it when it was last fitted' });
    // Still nothing that could: neither more pairs with the truth nor stale ones are a reason.
    for (const mark of [{ groundTruth: true }, { stale: true }]) {
      const data = rewardData(same);
      const pairs = data.pairs.map((pair) => ({ ...pair, ...mark }));
      const { update } = await train(same, { data: { ...data, pairs }, previous: versionOf(before) });
      expect(update.how).not.toBe('fitted');
    }
  });

  it('sees a drift also where inputs have doubled', async () => {
    const turned = [...past, ...candidatesOf(plantedTasks(60, 'turned', -1), { iteration: 0 })];
    const { update } = await retrain(turned);
    expect(update).toMatchObject({
      ...{ how: 'fitted', driftAlarm: true, judgedFrom: 0 },
      why: expect.stringMatching(/^drift: alignment on fresh pairs 0\.\d+, 0\.\d+ expected; \d+ inputs have pairs/),
    });
    expect(update.freshAlignment).toBeLessThan(0.3);
  });

  it('fits anew where examples that were held out apart share inputs now', async () => {
    const { stateHash } = fittedOf(first).manifest;
    const state = await stores.blobs.get(stateHash);
    const { folds } = decodeRewardState('reward', state as Uint8Array);
    const [one, ...others] = Object.keys(folds) as [string, ...string[]];
    const apart = others.find((id) => folds[id] !== folds[one]) as string;
    const result = fittedOf(await retrain(sharingInputs(same, one, apart)));
    // By members that had learned from them, the pairs would look better than they are.
    expect(result.update).toEqual({
      ...{ how: 'fitted', why: 'examples that were held out apart share inputs now' },
      ...{ freshAlignment: null, driftAlarm: false, judgedFrom: -1 },
    });
    expect(result.manifest.fittedInputs).toBeGreaterThan(fittedOf(first).manifest.fittedInputs);
  });

  it('adapts under a drift where that is enough, and tells of the drift', async () => {
    const { update } = await retrain(many);
    expect(update).toMatchObject({ how: 'adapted', driftAlarm: true });
    expect(update.freshAlignment).toBeLessThan(0.85);
    expect(update.why).toMatch(/^drift: alignment on fresh pairs 0\.\d+, 0\.\d+ expected; .* mini-batches/);
  });

  it('goes on with its progress where a fit follows an adaptation', async () => {
    const progress: number[] = [];
    const { update } = await retrain(few, { seed: 4, onProgress: (done) => progress.push(done) });
    expect(update).toMatchObject({ how: 'fitted', driftAlarm: true });
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(progress.filter((done) => done > 0.5 && done < 1).length).toBeGreaterThan(1);
    expect(progress.at(-1)).toBe(1);
    progress.length = 0;
    await retrain(same, { seed: 4, onProgress: (done) => progress.push(done) });
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(progress.at(-1)).toBe(1);
  });

  it('fits anew where adapting does not mend a drift, and tells both', async () => {
    const result = fittedOf(await retrain(few));
    expect(result.update).toMatchObject({
      ...{ how: 'fitted', driftAlarm: true, judgedFrom: 0 },
      why: expect.stringMatching(/^drift: alignment on fresh pairs .*; adapting was not enough$/),
    });
    expect(result.update.freshAlignment).toBeLessThan(0.3);
    expect(result.manifest.fittedInputs).toBeGreaterThan(fittedOf(first).manifest.fittedInputs);
    // The pairs from before the drift teach still, but only fresh ones judge.
    const judging = rewardData(few).pairs.filter(({ iteration }) => iteration >= 0);
    expect(result.manifest.alignment?.pairs).toBe(judging.length);
    expect(judging.length).toBeLessThan(rewardData(few).pairs.length);
  });

  it.each<[string, (version: RewardVersion) => RewardVersion, Encoder]>([
    ['the one before was fitted with another encoder', (version) => version, new FoldedEncoder(48)],
    ['there was none before', ({ artefactSha256: _, ...version }) => ({ ...version, manifest: {} }), encoder],
    [
      'the one before is of another version of Optimas',
      (version) => ({ ...version, manifest: { ...version.manifest, schemaVersion: 1 } }),
      encoder,
    ],
  ])('fits anew where nothing can be adapted: %s', async (why, change, used) => {
    const result = fittedOf(await retrain(same, { previous: change(versionOf(first)), encoder: used }));
    expect(result.update).toEqual({ how: 'fitted', why, freshAlignment: null, driftAlarm: false, judgedFrom: -1 });
    expect(result.manifest.encoder.identity).toBe(used.identity);
  });

  it.each<['artefact' | 'state', Uint8Array | undefined]>([
    ['artefact', Buffer.from('other bytes')],
    ['artefact', undefined],
    ['state', Buffer.from('{}')],
    ['state', undefined],
  ])('fits anew where the %s of the one before is damaged or gone, and says so: %p', async (what, left) => {
    const { artefactSha256, manifest } = fittedOf(first);
    const hash = what === 'artefact' ? artefactSha256 : manifest.stateHash;
    const bytes = await stores.blobs.get(hash);
    await damageBlob(stores, hash, left);
    try {
      const result = fittedOf(await retrain(same));
      expect(result.update).toEqual({
        ...{ how: 'fitted', why: 'the one before is damaged in the database' },
        ...{ freshAlignment: null, driftAlarm: false, judgedFrom: -1 },
      });
      expect(result.manifest).toMatchObject({ trusted: true });
      await stores.blobs.getMany([result.artefactSha256, result.manifest.stateHash]);
    } finally {
      await stores.blobs.mendMany([{ bytes, contentType: 'application/octet-stream' }]);
    }
  });

  it('fits anew where the one before is not what its manifest says', async () => {
    const version = versionOf(first);
    const { sha256: stateHash } = await stores.blobs.put(Buffer.from('{}'));
    const previous = { ...version, manifest: { ...version.manifest, stateHash } };
    const { update } = await retrain(same, { previous });
    expect(update).toMatchObject({
      how: 'fitted',
      why: expect.stringMatching(/^the one before cannot be adapted: .*training state[^;]*$/),
    });
  });

  it('trains nothing without pairs, and trusts no version before without them', async () => {
    expect(await train([], { encoder: silent })).toEqual({
      ...{ status: 'no-preference-signal', reason: expect.stringContaining('no preference signal') },
      update: { how: 'none', why: 'the first one', freshAlignment: null, driftAlarm: false, judgedFrom: -1 },
    });
    const kept = fittedOf(await retrain([], { encoder: silent }));
    expect(kept).toMatchObject({ artefactSha256: fittedOf(first).artefactSha256, manifest: { trusted: false } });
    expect(kept.update).toEqual({
      ...{ how: 'rolled-back', why: 'no fresh pair tells whether an update helps' },
      ...{ freshAlignment: null, driftAlarm: false, judgedFrom: -1 },
    });
  });

  it('ends when it is aborted, and keeps nothing of that', async () => {
    const controller = new AbortController();
    const abort = { signal: controller.signal, onProgress: () => controller.abort(new Error('paused')), seed: 9 };
    await expect(train(past, abort)).rejects.toThrow('paused');
    await expect(train(past, { encoder: silent, seed: 9 })).rejects.toThrow('trained again');
  });
});

describe('what was trained before', () => {
  it('is taken as it is: a first fit, an adaptation, and a fit after a drift', async () => {
    expect(await train(past, { encoder: silent })).toEqual(first);
    for (const candidates of [same, many, few]) {
      const trained = await retrain(candidates);
      const again = await retrain(candidates, { encoder: silent, previous: { ...versionOf(first), runId: 'other' } });
      expect(again).toEqual(trained);
      const { artefactSha256, manifest } = fittedOf(again);
      expect(manifest.artefactHash).toBe(artefactSha256);
      expect([...(await stores.blobs.getMany([artefactSha256, manifest.stateHash])).keys()]).toHaveLength(2);
    }
  });

  it.each<[string, Partial<RewardTraining>]>([
    ['seed', { seed: 4 }],
    ['encoder', { encoder: new SilentEncoder(48) }],
    ['component', { component: { ...writer, name: 'author' } }],
    ['fields', { component: { ...writer, output: z.object({ text: z.string(), note: z.string() }) } }],
    ['pairs', { data: rewardData(past.slice(4)) }],
    ['comparisons', { data: { ...rewardData(past), comparisons: rewardData(past).comparisons.slice(1) } }],
  ])('is not taken for others: %s', async (_, others) => {
    await expect(train(past, { encoder: silent, ...others })).rejects.toThrow('trained again');
  });

  it.each(['artefact', 'state'] as const)('is trained again where its %s is damaged, and mended', async (what) => {
    const { artefactSha256, manifest } = fittedOf(first);
    const hash = what === 'artefact' ? artefactSha256 : manifest.stateHash;
    await damageBlob(stores, hash, Buffer.from('other bytes'));
    expect(await train(past)).toEqual(first);
    expect(await train(past, { encoder: silent })).toEqual(first);
    await stores.blobs.get(hash);
  });

  it('is trained again where what is stored is not what its manifest says', async () => {
    const { artefactSha256 } = fittedOf(first);
    const { sha256 } = await stores.blobs.put(Buffer.from('another artefact'));
    const { queries } = stores.database;
    const replace = (from: string, to: string) =>
      stores.database.write([
        queries.updateTable('reward_fits').set({ artefact_sha256: to }).where('artefact_sha256', '=', from),
      ]);
    await replace(artefactSha256, sha256);
    expect(await train(past)).toEqual(first);
    expect(await train(past, { encoder: silent })).toEqual(first);
  });

  it('is not taken from another version of the training', async () => {
    await retrain(same);
    mockTrainingVersion = 2;
    await expect(train(past, { encoder: silent })).rejects.toThrow('trained again');
    await expect(retrain(same, { encoder: silent })).rejects.toThrow('trained again');
  });

  it('is not taken where another version was adapted, or other pairs are fresh', async () => {
    const second = await retrain(same);
    await expect(train(same, { previous: versionOf(second, 1), encoder: silent })).rejects.toThrow('trained again');
    await expect(train(same, { previous: versionOf(first, 1), encoder: silent })).rejects.toThrow('trained again');
  });
});
