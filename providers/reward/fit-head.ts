import { groupedFolds } from '../../core/reward/grouped-folds';
import type { Standardisation } from '../../core/reward/standardisation';
import { randomStream } from '../../core/random/stream';
import { initialParameters, type HeadChoice, type HeadParameters } from './head';
import { HeadTrainer } from './head-trainer';
import type { OnnxProtobuf } from './onnx-graph';
import { scoringGraph } from './scoring-graph';
import { pairTable, pairwiseLoss, standardisationOf, type PairTable } from './training-data';
import type { HeldOutPair, TrainingRequest, TrainingResult } from './training-request';

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

/**
 * Trains a component's head on all its pairs, and scores every pair once by a head that saw no pair of its input.
 *
 * Inputs are parted into folds; inside each training part the head's kind and number of steps are chosen on
 * held-out inputs, the head is refitted on the whole part and scores the fold. The final head has the kind with the
 * lowest mean loss and its median steps.
 */
export async function fitHead(
  protobuf: OnnxProtobuf,
  request: TrainingRequest,
  onProgress: (done: number) => void,
): Promise<TrainingResult> {
  const { settings, spec } = request;
  const contestants: Contestant[] = [];
  try {
    for (const head of settings.heads) {
      contestants.push({
        head,
        trainer: await HeadTrainer.open(protobuf, head, spec.dimension),
        initial: initialParameters(head, spec.dimension, randomStream(request.seed, 'reward-initial')),
      });
    }
    return await crossFit(protobuf, request, contestants, onProgress);
  } finally {
    for (const { trainer } of contestants) await trainer.close();
  }
}

async function crossFit(
  protobuf: OnnxProtobuf,
  request: TrainingRequest,
  contestants: readonly Contestant[],
  onProgress: (done: number) => void,
): Promise<TrainingResult> {
  const { settings, seed, groupCount } = request;
  const folds = groupedFolds(groupCount, Math.min(settings.folds, groupCount), randomStream(seed, 'reward-folds'));
  const heldOut: HeldOutPair[] = [];
  const runs: StoppedRun[] = [];
  for (const [index, fold] of folds.entries()) {
    const training = folds.flatMap((groups, other) => (other === index ? [] : groups));
    const choices: StoppedRun[] = [];
    for (const contestant of contestants) choices.push(await stopEarly(request, contestant, training, index));
    runs.push(...choices);
    const chosen = lowestLoss(choices);
    const { parameters, standardisation } = await fitGroups(request, chosen, training, chosen.steps);
    const table = pairTable(request, fold, standardisation);
    heldOut.push(...heldOutPairs(table, await chosen.trainer.rewards(table.features, parameters)));
    onProgress((index + 1) / (folds.length + 1));
  }
  const final = finalChoice(contestants, runs);
  const { head, steps } = final;
  const { parameters, standardisation } = await fitGroups(request, final, folds.flat(), steps);
  onProgress(1);
  return { artefact: scoringGraph(protobuf, { head, parameters, standardisation }), head, steps, heldOut };
}

/** Trains on most of `groups` and finds the number of steps after which the loss on the others is lowest. */
async function stopEarly(
  request: TrainingRequest,
  contestant: Contestant,
  groups: readonly number[],
  fold: number,
): Promise<StoppedRun> {
  const { head, trainer, initial } = contestant;
  const { maxSteps, lookEvery, patience } = request.settings;
  if (groups.length < 2) return { ...contestant, steps: stepsWithoutLooks, loss: Number.POSITIVE_INFINITY };
  const shuffled = randomStream(request.seed, 'reward-early-stopping', fold).shuffle(groups);
  const looks = shuffled.slice(0, Math.max(1, Math.round(innerShare * groups.length)));
  const training = shuffled.slice(looks.length);
  const standardisation = standardisationOf(request, training, head.embeddingShare);
  const table = pairTable(request, training, standardisation);
  const lookTable = pairTable(request, looks, standardisation);
  const run = trainer.start(table.features, table, initial);
  let best: StoppedRun = { ...contestant, steps: lookEvery, loss: Number.POSITIVE_INFINITY };
  for (let steps = lookEvery; steps <= maxSteps; steps += lookEvery) {
    throwIfStopped(request);
    await run.advance(lookEvery, head.learningRate, head.weightDecay);
    const loss = pairwiseLoss(lookTable, await trainer.rewards(lookTable.features, run.parameters));
    if (loss < best.loss) best = { ...contestant, steps, loss };
    if (steps - best.steps >= patience * lookEvery) break;
  }
  return best;
}

/** Fits standardisation and head on these inputs' pairs. */
async function fitGroups(
  request: TrainingRequest,
  { head, trainer, initial }: Contestant,
  groups: readonly number[],
  steps: number,
): Promise<{ parameters: HeadParameters; standardisation: Standardisation }> {
  const standardisation = standardisationOf(request, groups, head.embeddingShare);
  const table = pairTable(request, groups, standardisation);
  const run = trainer.start(table.features, table, initial);
  for (let taken = 0; taken < steps; taken += stepsPerCall) {
    throwIfStopped(request);
    await run.advance(Math.min(stepsPerCall, steps - taken), head.learningRate, head.weightDecay);
  }
  return { parameters: run.parameters, standardisation };
}

function throwIfStopped({ stop }: TrainingRequest): void {
  if (stop !== undefined && Atomics.load(stop, 0) !== 0) throw new Error('reward training: stopped, as asked');
}

function heldOutPairs(table: PairTable, rewards: Float32Array): HeldOutPair[] {
  return table.pairs.map((pair, index) => ({
    pair,
    preferredReward: rewards[table.preferred[index] as number] as number,
    rejectedReward: rewards[table.rejected[index] as number] as number,
  }));
}

/** The first of equals: heads are listed from simple to complex. */
function lowestLoss(runs: readonly StoppedRun[]): StoppedRun {
  return runs.reduce((best, run) => (run.loss < best.loss ? run : best));
}

/** The contestant with the lowest mean loss over the folds, with the median of its steps. */
function finalChoice(contestants: readonly Contestant[], runs: readonly StoppedRun[]): StoppedRun {
  return lowestLoss(
    contestants.map((contestant) => {
      const own = runs.filter((run) => run.trainer === contestant.trainer);
      const steps = own.map((run) => run.steps).sort((a, b) => a - b);
      return {
        ...contestant,
        steps: steps[Math.floor(steps.length / 2)] ?? stepsWithoutLooks,
        loss: own.reduce((sum, run) => sum + run.loss, 0) / own.length,
      };
    }),
  );
}
