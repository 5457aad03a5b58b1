import { randomStream } from '../../core/random/stream';
import { initialParameters, parameterCount, type HeadChoice, type HeadParameters } from './head';
import { HeadTrainer } from './head-trainer';
import { heldOutRewards } from './held-out-rewards';
import type { OnnxProtobuf } from './onnx-graph';
import { throwIfStopped } from './stopped';
import { pairsOfGroups, pairTable, pairwiseLoss, standardisationOf } from './training-data';
import type { Member, TrainingRequest, TrainingResult, TrainingSettings } from './training-request';

/** Share of the training inputs that early stopping looks at. */
const innerShare = 0.2;
/** Steps where there are too few inputs to hold any out. */
const stepsWithoutLooks = 20;
/** Steps of one call to ONNX Runtime where no loss is looked at between; a stop waits for the end of the call. */
const stepsPerCall = 20;

/** A head that competes, with its graphs. */
interface Contestant {
  head: HeadChoice;
  trainer: HeadTrainer;
  /** What each of its training runs starts from. */
  initial: HeadParameters;
}

interface StoppedRun extends Contestant {
  steps: number;
  loss: number;
}

/** What the folds share. */
interface Fit {
  request: TrainingRequest;
  settings: TrainingSettings;
  contestants: Contestant[];
  operations: number;
}

/**
 * Trains one member per fold on the inputs outside it; their mean is the reward (`docs/decisions/0019`). Inside each training
 * part the head's kind, its regularisation and its number of steps are chosen on held-out inputs; then the head is refitted on
 * the whole part.
 */
export async function fitHead(
  protobuf: OnnxProtobuf,
  request: TrainingRequest,
  settings: TrainingSettings,
  onProgress: (done: number) => void,
): Promise<Omit<TrainingResult, 'artefact'>> {
  const fit: Fit = { request, settings, contestants: [], operations: 0 };
  const { spec, foldCount } = request;
  try {
    for (const head of settings.heads) {
      fit.contestants.push({
        head,
        trainer: await HeadTrainer.open(protobuf, head, spec.dimension),
        initial: initialParameters(head, spec.dimension, randomStream(request.seed, 'reward-initial')),
      });
    }
    const members: Member[] = [];
    const heldOut = new Float32Array(request.rowFolds.length);
    for (let fold = 0; fold < foldCount; fold++) {
      const { member, trainer } = await fitMember(fit, fold);
      members.push(member);
      await heldOutRewards(request, member, trainer, heldOut);
      onProgress((fold + 1) / foldCount);
    }
    return { members, heldOut, operations: fit.operations };
  } finally {
    for (const { trainer } of fit.contestants) await trainer.close();
  }
}

async function fitMember(fit: Fit, fold: number): Promise<{ member: Member; trainer: HeadTrainer }> {
  const { request } = fit;
  const groups = [...new Set(request.pairs.groups)]
    .filter((group) => request.groupFolds[group] !== fold)
    .sort((a, b) => a - b);
  const choices: StoppedRun[] = [];
  for (const contestant of fit.contestants) choices.push(await stopEarly(fit, contestant, groups, fold));
  // The first of equals: heads are listed from simple to complex.
  const { head, trainer, initial, steps } = choices.reduce((best, run) => (run.loss < best.loss ? run : best));
  const pairs = pairsOfGroups(request, groups);
  const standardisation = standardisationOf(request, pairs, head);
  const table = pairTable(request, pairs, standardisation);
  const run = trainer.start(table.features, table, initial);
  for (let taken = 0; taken < steps; taken += stepsPerCall) {
    throwIfStopped(request);
    await run.advance(Math.min(stepsPerCall, steps - taken), head.learningRate, head.weightDecay);
  }
  count(fit, head, steps, table.features);
  return { member: { fold, head, standardisation, ...run.state }, trainer };
}

/** Trains on most of `groups` and finds the number of steps after which the loss on the others is lowest. */
async function stopEarly(
  fit: Fit,
  contestant: Contestant,
  groups: readonly number[],
  fold: number,
): Promise<StoppedRun> {
  const { request, settings } = fit;
  const { head, trainer, initial } = contestant;
  const { maxSteps, lookEvery, patience } = settings;
  if (groups.length < 2) return { ...contestant, steps: stepsWithoutLooks, loss: Number.POSITIVE_INFINITY };
  const shuffled = randomStream(request.seed, 'reward-early-stopping', fold).shuffle(groups);
  const looks = shuffled.slice(0, Math.max(1, Math.round(innerShare * groups.length)));
  const training = pairsOfGroups(request, shuffled.slice(looks.length));
  const standardisation = standardisationOf(request, training, head);
  const table = pairTable(request, training, standardisation);
  const lookTable = pairTable(request, pairsOfGroups(request, looks), standardisation);
  const run = trainer.start(table.features, table, initial);
  let best: StoppedRun = { ...contestant, steps: lookEvery, loss: Number.POSITIVE_INFINITY };
  for (let steps = lookEvery; steps <= maxSteps; steps += lookEvery) {
    throwIfStopped(request);
    await run.advance(lookEvery, head.learningRate, head.weightDecay);
    count(fit, head, lookEvery, table.features);
    const loss = pairwiseLoss(lookTable, await trainer.rewards(lookTable.features, run.parameters));
    if (loss < best.loss) best = { ...contestant, steps, loss };
    if (steps - best.steps >= patience * lookEvery) break;
  }
  return best;
}

/** Forward and backward pass: three multiplications and additions per weight and candidate. */
function count(fit: Fit, head: HeadChoice, steps: number, features: Float32Array): void {
  const { dimension } = fit.request.spec;
  fit.operations += 3 * steps * (features.length / dimension) * parameterCount(head, dimension);
}
