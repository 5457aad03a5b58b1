import { builtModule } from '../../test/support/built-module';
import {
  inputsOf,
  linearHead,
  orderedShare,
  pairsOf,
  rewardRequest,
  type InputKind,
} from '../../test/support/reward-request';
import type { HeadChoice } from './head';
import type { AdaptationSettings, Member, TrainingRequest, TrainingResult } from './training-request';

type Request = Omit<TrainingRequest, 'task'>;

const folds = 3;
/** The first ones were there before; the others are fresh. */
const [before, inputs] = [12, 24];
const past = Array.from({ length: before }, (_, input) => input);
const fresh = Array.from({ length: inputs - before }, (_, index) => before + index);
const heads: HeadChoice[] = [linearHead, { ...linearHead, kind: 'mlp', hidden: 3 }];

async function built() {
  const { fitHead } = await builtModule<typeof import('./fit-head')>('providers/reward/fit-head');
  const { adaptHead } = await builtModule<typeof import('./adapt-head')>('providers/reward/adapt-head');
  const { HeadTrainer } = await builtModule<typeof import('./head-trainer')>('providers/reward/head-trainer');
  const data = await builtModule<typeof import('./training-data')>('providers/reward/training-data');
  const onnx = await builtModule<typeof import('./onnx-graph')>('providers/reward/onnx-graph');
  return { fitHead, adaptHead, HeadTrainer, ...data, protobuf: await onnx.loadOnnxProtobuf() };
}

/** Members fitted on the past inputs, whose candidates one direction orders. */
async function membersOf(head: HeadChoice): Promise<Member[]> {
  const { fitHead, protobuf } = await built();
  const all = requestOf({ direction: 'one' });
  const known = pairsOf(past);
  const of = <T extends Int32Array | Float32Array>(values: T): T => values.slice(0, known.length) as T;
  const { preferred, rejected, weights, groups } = all.pairs;
  const request: Request = {
    ...all,
    pairs: { preferred: of(preferred), rejected: of(rejected), weights: of(weights), groups: of(groups) },
    groupFolds: all.groupFolds.slice(0, before),
  };
  const settings = { heads: [head], maxSteps: 12, lookEvery: 4, patience: 3 };
  return (await fitHead(protobuf, { ...request, task: { type: 'fit', settings } }, settings, () => undefined)).members;
}

function requestOf(kind: InputKind): Request {
  return rewardRequest([...inputsOf(before, { direction: 'one' }), ...inputsOf(inputs - before, kind)], folds);
}

async function adapt(
  request: Request,
  members: Member[],
  more: Partial<AdaptationSettings> = {},
): Promise<Omit<TrainingResult, 'artefact'> & Required<Pick<TrainingResult, 'adaptation'>>> {
  const { adaptHead, protobuf } = await built();
  const alone = Array.from({ length: 10 }, () => pairsOf(fresh));
  const rehearsed = alone.map((batch) => [...batch, ...pairsOf(past)]);
  const settings = { stepsPerBatch: 4, plans: [rehearsed, alone], judged: pairsOf(fresh), ...more };
  const task = { type: 'adapt' as const, members, settings };
  const { adaptation, ...result } = await adaptHead(protobuf, { ...request, task }, task, () => undefined);
  if (adaptation === undefined) throw new Error('no adaptation');
  return { ...result, adaptation };
}

const equals = (a: Float32Array, b: Float32Array): boolean => a.every((value, index) => value === b[index]);

jest.setTimeout(60_000);

describe.each(heads)('adaptHead with $kind members', (head) => {
  let members: Member[];
  beforeAll(async () => {
    members = await membersOf(head);
  });

  it('moves towards what orders fresh pairs, out of sample', async () => {
    const request = requestOf({ direction: 'other' });
    const { heldOut, adaptation, members: moved } = await adapt(request, members);
    const { heldOutBefore, batches } = adaptation;
    expect(batches).toBeGreaterThan(0);
    const share = (rewards: Float32Array): number => orderedShare(request, pairsOf(fresh), rewards);
    expect(share(heldOut)).toBeGreaterThan(share(heldOutBefore) + 0.15);
    expect(moved.map(({ steps }, index) => steps - (members[index] as Member).steps)).toEqual(
      new Array(folds).fill(4 * batches),
    );
  });

  it('never lets a member learn from the pairs of its own fold, an input known before included', async () => {
    // Of a past input and of a fresh one of the same fold; the choice of how far to go looks at others.
    const [known, unknown] = [3, 15];
    const kinds = [...inputsOf(before, { direction: 'one' }), ...inputsOf(inputs - before, { direction: '-one' })];
    const turned = kinds.map((kind, input) => ([known, unknown].includes(input) ? { ...kind, turned: true } : kind));
    const judged = pairsOf(fresh.filter((input) => input !== unknown));
    // One batch, so that both go equally far.
    const stepsPerBatch = 30;
    const plans = [[pairsOf([known, ...fresh])]];
    const one = await adapt(rewardRequest(kinds, folds), members, { judged, plans, stepsPerBatch });
    const other = await adapt(rewardRequest(turned, folds), members, { judged, plans, stepsPerBatch });
    expect([one.adaptation.batches, other.adaptation.batches]).toEqual([1, 1]);
    const same = one.members.filter(({ fold, parameters }) =>
      equals(parameters, (other.members[fold] as Member).parameters),
    );
    expect(same.map(({ fold }) => fold)).toEqual([known % folds]);
    expect(other.members[known % folds]).toEqual(same[0]);
  });

  it('goes on from moments and step counts as if training had not paused', async () => {
    const { HeadTrainer, pairTable, pairsOfGroups, standardisationOf, protobuf } = await built();
    const { initialParameters } = await builtModule<typeof import('./head')>('providers/reward/head');
    const { randomStream } = await builtModule<typeof import('../../core/random/stream')>('core/random/stream');
    const request = { ...requestOf({ direction: 'one' }), task: undefined as never };
    const own = 1;
    const pairs = pairsOfGroups(
      request,
      [...past, ...fresh].filter((input) => input % folds !== own),
    );
    const standardisation = standardisationOf(request, pairs, head);
    const table = pairTable(request, pairs, standardisation);
    const trainer = await HeadTrainer.open(protobuf, head, request.spec.dimension);
    const run = trainer.start(
      table.features,
      table,
      initialParameters(head, request.spec.dimension, randomStream(1, 'initial')),
    );
    await run.advance(2, head.learningRate, head.weightDecay);
    const paused: Member = { fold: own, head, standardisation, ...run.state };
    await run.advance(24, head.learningRate, head.weightDecay);
    await trainer.close();

    const judged = pairsOf([...past, ...fresh].filter((input) => input % folds === own));
    const adapted = await adapt(request, [paused], {
      plans: [[pairsOf([...past, ...fresh])]],
      judged,
      stepsPerBatch: 24,
    });
    expect(adapted.adaptation.batches).toBe(1);
    expect(adapted.members).toEqual([{ fold: own, head, standardisation, ...run.state }]);
    expect(adapted.members[0]?.steps).toBe(26);
    // With the moments at rest it would have come to another place.
    const zeros = new Float32Array(paused.parameters.length);
    const rested = await adapt(request, [{ ...paused, firstMoment: zeros, secondMoment: zeros, steps: 0 }], {
      plans: [[pairsOf([...past, ...fresh])]],
      judged,
      stepsPerBatch: 24,
    });
    expect(rested.members[0]?.parameters).not.toEqual(run.state.parameters);
  });

  it('leaves everything as it was where nothing in fresh pairs carries over to others', async () => {
    const request = requestOf({ direction: 'other', apart: true });
    const { members: same, heldOut, adaptation } = await adapt(request, members);
    expect(adaptation.batches).toBe(0);
    expect(same).toEqual(members);
    expect(heldOut).toEqual(adaptation.heldOutBefore);
  });

  it('lets past pairs go where they mislead, and rehearses them where they help', async () => {
    // Ordered the other way round: past pairs undo what fresh ones teach.
    const against = await adapt(requestOf({ direction: '-one' }), members);
    expect(against.adaptation).toMatchObject({ plan: 1 });
    expect(against.adaptation.batches).toBeGreaterThan(0);
    // Three of the fresh inputs are not like the others, which are like the past ones; the members have forgotten those.
    const forgetful = members.map((member) => ({ ...member, parameters: member.parameters.map((value) => -value) }));
    const kinds = inputsOf(inputs, { direction: 'one' }).fill({ direction: 'other' }, before, before + 3);
    const few = Array.from({ length: 10 }, () => pairsOf(fresh.slice(0, 3)));
    const along = await adapt(rewardRequest(kinds, folds), forgetful, {
      plans: [few.map((batch) => [...batch, ...pairsOf(past)]), few],
      judged: pairsOf(fresh.slice(3)),
    });
    expect(along.adaptation).toMatchObject({ plan: 0 });
    expect(along.adaptation.batches).toBeGreaterThan(0);
  });

  it('stays where it was with no fresh pairs, or none that judge', async () => {
    const request = requestOf({ direction: '-one' });
    for (const more of [{ plans: [[], []], judged: [] }, { judged: [] }]) {
      const { members: same, adaptation } = await adapt(request, members, more);
      expect(adaptation).toMatchObject({ batches: 0, plan: 0 });
      expect(same).toEqual(members);
    }
  });

  it('gives the same for the same request, and ends once it is asked to', async () => {
    const request = requestOf({ direction: 'other' });
    expect(await adapt(request, members)).toEqual(await adapt(request, members));
    const stop = new Int32Array(new SharedArrayBuffer(4)).fill(1);
    await expect(adapt({ ...request, stop }, members)).rejects.toThrow('stopped, as asked');
  });
});
