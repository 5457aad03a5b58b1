import { builtModule } from '../../test/support/built-module';
import {
  candidates,
  inputsOf,
  linearHead,
  orderedShare,
  pairsOf,
  rewardRequest,
} from '../../test/support/reward-request';
import type { HeadChoice } from './head';
import type { Member, TrainingRequest, TrainingResult, TrainingSettings } from './training-request';

const inputs = 20;
const folds = 5;
const settings: TrainingSettings = { heads: [linearHead], maxSteps: 80, lookEvery: 4, patience: 3 };
const all = Array.from({ length: inputs }, (_, input) => input);

/** The fit, and how many steps were taken in all. */
async function fit(
  request: Omit<TrainingRequest, 'task'>,
  more: Partial<TrainingSettings> = {},
): Promise<Omit<TrainingResult, 'artefact'> & { taken: number }> {
  const { fitHead } = await builtModule<typeof import('./fit-head')>('providers/reward/fit-head');
  const { TrainingRun } = await builtModule<typeof import('./head-trainer')>('providers/reward/head-trainer');
  const { loadOnnxProtobuf } = await builtModule<typeof import('./onnx-graph')>('providers/reward/onnx-graph');
  const advance = jest.spyOn(TrainingRun.prototype, 'advance');
  const given = { ...settings, ...more };
  try {
    const task = { type: 'fit' as const, settings: given };
    const result = await fitHead(await loadOnnxProtobuf(), { ...request, task }, given, () => undefined);
    return { ...result, taken: advance.mock.calls.reduce((sum, [steps]) => sum + steps, 0) };
  } finally {
    advance.mockRestore();
  }
}

// A fit takes about a second of one core, which other test files share.
jest.setTimeout(60_000);

describe('fitHead', () => {
  const shared = inputsOf(inputs, { direction: 'one' });

  it('scores every candidate by a member that none of the pairs of its input had a part in', async () => {
    const request = rewardRequest(shared, folds);
    const before = await fit(request);
    expect(before.members.map(({ fold }) => fold)).toEqual([0, 1, 2, 3, 4]);
    expect(before.heldOut).toHaveLength(inputs * candidates);
    expect(orderedShare(request, pairsOf(all), before.heldOut)).toBeGreaterThan(0.9);

    const input = 7;
    const after = await fit(rewardRequest(shared.with(input, { direction: 'one', turned: true }), folds));
    const rowsOf = (heldOut: Float32Array, some: readonly number[]): number[] =>
      some.flatMap((one) => [...heldOut.subarray(one * candidates, (one + 1) * candidates)]);
    const fold = all.filter((other) => other % folds === input % folds);
    expect(after.members[input % folds]).toEqual(before.members[input % folds]);
    expect(rowsOf(after.heldOut, fold)).toEqual(rowsOf(before.heldOut, fold));
    // It had a part in all other members.
    for (const other of all.filter((one) => !fold.includes(one))) {
      expect(rowsOf(after.heldOut, [other])).not.toEqual(rowsOf(before.heldOut, [other]));
    }
  });

  it('stops by the loss on inputs that are not trained on: at once where nothing carries over to them', async () => {
    const { lookEvery, patience, maxSteps } = settings;
    const nothing = await fit(rewardRequest(inputsOf(inputs, { direction: 'one', apart: true }), folds));
    expect(nothing.members.map(({ steps }) => steps)).toEqual(new Array(folds).fill(lookEvery));
    // Every member stops after its patience and is fitted once more on all its inputs.
    expect(nothing.taken).toBe(folds * (lookEvery * (1 + patience) + lookEvery));
    const much = await fit(rewardRequest(shared, folds));
    for (const { steps } of much.members) expect(steps).toBeGreaterThan(maxSteps / 2);
  });

  it('takes for each member the head that serves held-out inputs best, and of equals the first', async () => {
    const slow: HeadChoice = { ...linearHead, learningRate: 1e-6 };
    const kept = ({ members }: { members: Member[] }): HeadChoice[] => members.map((member) => member.head);
    const request = rewardRequest(shared, folds);
    expect(kept(await fit(request, { heads: [slow, linearHead] }))).toEqual(new Array(folds).fill(linearHead));
    const same = { ...linearHead };
    const first = kept(await fit(request, { heads: [linearHead, same], maxSteps: 8 }));
    expect(first.every((one) => one === linearHead)).toBe(true);
  });

  it('takes a hidden layer where only an interaction of features tells what is better', async () => {
    const many = Array.from({ length: 60 }, (_, input) => input);
    const request = rewardRequest(inputsOf(many.length, { direction: 'one', product: true }), folds);
    const orders = ({ heldOut }: { heldOut: Float32Array }): number => orderedShare(request, pairsOf(many), heldOut);
    const mlp: HeadChoice = { ...linearHead, kind: 'mlp', hidden: 8 };
    // A hidden layer learns nothing to begin with.
    const more = { maxSteps: 200, patience: 10 };
    const found = await fit(request, { ...more, heads: [linearHead, mlp] });
    expect(found.members.map(({ head }) => head.kind)).toEqual(new Array(folds).fill('mlp'));
    expect(orders(found)).toBeGreaterThan(0.8);
    expect(orders(await fit(request, more))).toBeLessThan(0.65);
  });

  it('says what each member can go on from', async () => {
    const { members } = await fit(rewardRequest(shared, folds), { maxSteps: 8 });
    for (const { parameters, firstMoment, secondMoment, steps } of members) {
      expect(steps).toBeLessThanOrEqual(8);
      expect(parameters.some((value) => value !== 0)).toBe(true);
      expect(firstMoment.some((value) => value !== 0)).toBe(true);
      expect(secondMoment.some((value) => value > 0)).toBe(true);
    }
  });

  it('ends before its next call of ONNX Runtime once it is asked to', async () => {
    const stop = new Int32Array(new SharedArrayBuffer(4)).fill(1);
    await expect(fit({ ...rewardRequest(shared, folds), stop })).rejects.toThrow('stopped, as asked');
  });
});
