import { headParameters, parameterCount, partedParameters } from './head';
import { HeadTrainer } from './head-trainer';
import { heldOutRewards } from './held-out-rewards';
import { lowestLoss, ordersBetter, type JudgedPairs } from './judged-margins';
import type { OnnxProtobuf } from './onnx-graph';
import { throwIfStopped } from './stopped';
import { pairTable } from './training-data';
import type { AdaptationSettings, Member, TrainingRequest, TrainingResult } from './training-request';

/** The members after so many batches of one plan. */
interface Checkpoint {
  plan: number;
  batches: number;
  members: Member[];
  /** Of the judged pairs, in their order, each by the member that never saw its input. */
  margins: number[];
}

/**
 * Mini-batch updates of every member, with its moments as they were (paper, section 4.2). Each leaves out the pairs of its own
 * fold, so that what it says of those inputs stays out of sample. How far to go, and along which plan, is decided by the loss
 * of the judged pairs out of sample. The members stay as they were unless each half of the inputs is surely ordered better where the
 * other half would go.
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
    const start: Checkpoint = { plan: 0, batches: 0, members: [...members], margins: [] };
    const reached = [start];
    for (const [plan, batches] of settings.plans.entries()) {
      reached.push(...batches.map((_, index) => ({ plan, batches: index + 1, members: [], margins: [] })));
    }
    for (const [done, member] of members.entries()) {
      const trainer = await trainerOf(member);
      await judge(request, settings.judged, { member, trainer, checkpoint: start });
      for (const plan of settings.plans.keys()) {
        const path = reached.filter((checkpoint) => checkpoint.plan === plan && checkpoint !== start);
        await walk(request, settings, { member, trainer, path, work });
      }
      onProgress((done + 1) / (members.length + 1));
    }
    const judged: JudgedPairs = {
      weights: settings.judged.map((pair) => request.pairs.weights[pair] as number),
      groups: settings.judged.map((pair) => request.pairs.groups[pair] as number),
    };
    const best = ordersBetter(judged, start.margins, crossChosenMargins(reached, judged))
      ? lowest(reached, judged, () => true)
      : start;
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

/** The checkpoint with the lowest loss of some judged pairs, at its best scale; the first of equals: least was changed. */
function lowest(reached: readonly Checkpoint[], judged: JudgedPairs, counts: (place: number) => boolean): Checkpoint {
  const places = [...judged.weights.keys()].filter(counts);
  const weights = places.map((place) => judged.weights[place] as number);
  const lossOf = ({ margins }: Checkpoint): number =>
    lowestLoss(
      places.map((place) => margins[place] as number),
      weights,
    );
  const losses = reached.map(lossOf);
  return reached.reduce((best, other, index) =>
    (losses[index] as number) < (losses[reached.indexOf(best)] as number) ? other : best,
  );
}

/**
 * The judged pairs' margins at the checkpoint that the other half of the inputs would choose: the best of many checkpoints looks better
 * than it is on the pairs that chose it.
 */
function crossChosenMargins(reached: readonly Checkpoint[], judged: JudgedPairs): number[] {
  const inputs = [...new Set(judged.groups)].sort((a, b) => a - b);
  const half = (place: number): number => inputs.indexOf(judged.groups[place] as number) % 2;
  const chosen = [0, 1].map((own) => lowest(reached, judged, (place) => half(place) !== own));
  return judged.groups.map((_, place) => (chosen[half(place)] as Checkpoint).margins[place] as number);
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
    await judge(request, judged, { member, trainer, checkpoint });
  }
}

/** A member's part of a checkpoint's margins: of the judged pairs of its own fold. */
async function judge(
  request: TrainingRequest,
  judged: readonly number[],
  { member, trainer, checkpoint }: { member: Member; trainer: HeadTrainer; checkpoint: Checkpoint },
): Promise<void> {
  const { fold, standardisation, parameters, head } = member;
  const places = [...judged.keys()].filter(
    (place) => request.groupFolds[request.pairs.groups[judged[place] as number] as number] === fold,
  );
  if (places.length === 0) return;
  const table = pairTable(
    request,
    places.map((place) => judged[place] as number),
    standardisation,
  );
  const parts = partedParameters(headParameters(head, request.spec.dimension), parameters);
  const rewards = await trainer.rewards(table.features, parts);
  for (const [index, place] of places.entries()) {
    const [preferred, rejected] = [table.preferred[index] as number, table.rejected[index] as number];
    checkpoint.margins[place] = (rewards[preferred] as number) - (rewards[rejected] as number);
  }
}
