import { headParameters, parameterCount, partedParameters } from './head';
import { HeadTrainer } from './head-trainer';
import { heldOutRewards } from './held-out-rewards';
import type { OnnxProtobuf } from './onnx-graph';
import { throwIfStopped } from './stopped';
import { pairTable, pairwiseLoss, weightOf } from './training-data';
import type { AdaptationSettings, Member, TrainingRequest, TrainingResult } from './training-request';

/** The members after so many batches of one plan. */
interface Checkpoint {
  plan: number;
  batches: number;
  members: Member[];
  /** Weighted loss over the judged pairs, each by the member that never saw its input. */
  loss: number;
}

/**
 * Mini-batch updates of every member, with its moments as they were (paper, section 4.2). Each leaves out the pairs of its own
 * fold, so that what it says of those inputs stays out of sample. How far to go, and along which plan, is decided by the loss
 * of the judged pairs out of sample; to stay where it was is one of the choices.
 */
export async function adaptHead(
  protobuf: OnnxProtobuf,
  request: TrainingRequest,
  { members, settings }: { members: readonly Member[]; settings: AdaptationSettings },
  onProgress: (done: number) => void,
): Promise<Omit<TrainingResult, 'artefact'>> {
  const trainers = new Map<string, HeadTrainer>();
  const trainerOf = async ({ head }: Member): Promise<HeadTrainer> => {
    const kind = `${head.kind}/${head.hidden}`;
    const trainer = trainers.get(kind) ?? (await HeadTrainer.open(protobuf, head, request.spec.dimension));
    trainers.set(kind, trainer);
    return trainer;
  };
  const heldOutOf = async (some: readonly Member[]): Promise<Float32Array> => {
    const rewards = new Float32Array(request.rowFolds.length);
    for (const member of some) await heldOutRewards(request, member, await trainerOf(member), rewards);
    return rewards;
  };
  const work = { operations: 0 };
  try {
    const start: Checkpoint = { plan: 0, batches: 0, members: [...members], loss: 0 };
    const reached = [start];
    for (const [plan, batches] of settings.plans.entries()) {
      reached.push(...batches.map((_, index) => ({ plan, batches: index + 1, members: [], loss: 0 })));
    }
    for (const [done, member] of members.entries()) {
      const trainer = await trainerOf(member);
      start.loss += await judgedLoss(request, settings.judged, member, trainer);
      for (const plan of settings.plans.keys()) {
        const path = reached.filter((checkpoint) => checkpoint.plan === plan && checkpoint !== start);
        await walk(request, settings, { member, trainer, path, work });
      }
      onProgress((done + 1) / (members.length + 1));
    }
    // The first of equals: least was changed.
    const best = reached.reduce((leader, other) => (other.loss < leader.loss ? other : leader));
    const heldOutBefore = await heldOutOf(members);
    const heldOut = best === start ? heldOutBefore : await heldOutOf(best.members);
    onProgress(1);
    return {
      members: best.members,
      heldOut,
      adaptation: { heldOutBefore, plan: best.plan, batches: best.batches },
      operations: work.operations,
    };
  } finally {
    for (const trainer of trainers.values()) await trainer.close();
  }
}

/** One member along one plan; adds itself and its loss to each checkpoint. */
async function walk(
  request: TrainingRequest,
  { plans, stepsPerBatch, judged }: AdaptationSettings,
  walker: { member: Member; trainer: HeadTrainer; path: readonly Checkpoint[]; work: { operations: number } },
): Promise<void> {
  const { trainer, path, work } = walker;
  const { dimension } = request.spec;
  let member = walker.member;
  const { head, fold, standardisation } = member;
  for (const checkpoint of path) {
    throwIfStopped(request);
    const batch = (plans[checkpoint.plan] as number[][])[checkpoint.batches - 1] as number[];
    const pairs = batch.filter((pair) => request.groupFolds[request.pairs.groups[pair] as number] !== fold);
    if (pairs.length > 0) {
      const table = pairTable(request, pairs, standardisation);
      const run = trainer.resume(table.features, table, member);
      await run.advance(stepsPerBatch, head.learningRate, head.weightDecay);
      member = { ...member, ...run.state };
      work.operations += 3 * stepsPerBatch * (table.features.length / dimension) * parameterCount(head, dimension);
    }
    checkpoint.members.push(member);
    checkpoint.loss += await judgedLoss(request, judged, member, trainer);
  }
}

/** A member's part of the weighted loss: over the judged pairs of its own fold. */
async function judgedLoss(
  request: TrainingRequest,
  judged: readonly number[],
  { fold, standardisation, parameters, head }: Member,
  trainer: HeadTrainer,
): Promise<number> {
  const pairs = judged.filter((pair) => request.groupFolds[request.pairs.groups[pair] as number] === fold);
  if (pairs.length === 0) return 0;
  const table = pairTable(request, pairs, standardisation);
  const parts = partedParameters(headParameters(head, request.spec.dimension), parameters);
  const rewards = await trainer.rewards(table.features, parts);
  return weightOf(request, pairs) * pairwiseLoss(table, rewards);
}
