import { randomStream } from '../../core/random/stream';
import { builtModule } from '../../test/support/built-module';
import { plainFeatureSpec } from '../../test/support/plain-feature-spec';
import type { HeadChoice } from './head';
import type { TrainingRequest, TrainingResult } from './training-request';

const inputs = 20;
const candidates = 4;
const pairsOfInput = (candidates * (candidates - 1)) / 2;
const own = 3;
const dimension = own * inputs;
const head: HeadChoice = { kind: 'linear', hidden: 0, learningRate: 0.05, weightDecay: 0.1, embeddingShare: 1 };
const settings = { heads: [head], maxSteps: 80, lookEvery: 4, patience: 3, folds: 5 };

/**
 * All pairs of four random candidates of every input, ordered by one hidden direction.
 * `shared`: the direction is the same for all inputs. Otherwise every input has features of its own, which are 0 elsewhere:
 * what decides there can be learned from its own pairs only.
 */
function requestOf(shared: boolean): TrainingRequest {
  const stream = randomStream(5, 'candidates');
  const direction = Array.from({ length: dimension }, () => stream.normal());
  const features = new Float32Array(inputs * candidates * dimension);
  const [preferred, rejected, groups]: [number[], number[], number[]] = [[], [], []];
  for (let input = 0; input < inputs; input++) {
    const worth = Array.from({ length: candidates }, (_, candidate) => {
      const start = (input * candidates + candidate) * dimension;
      const [from, to] = shared ? [0, 2 * own] : [own * input, own * (input + 1)];
      for (let k = from; k < to; k++) features[start + k] = stream.normal();
      return direction.reduce((sum, weight, k) => sum + weight * (features[start + k] as number), 0);
    });
    for (let a = 0; a < candidates; a++) {
      for (let b = 0; b < a; b++) {
        const [better, worse] = (worth[a] as number) > (worth[b] as number) ? [a, b] : [b, a];
        preferred.push(input * candidates + better);
        rejected.push(input * candidates + worse);
        groups.push(input);
      }
    }
  }
  return {
    spec: plainFeatureSpec(dimension),
    features,
    pairs: {
      preferred: Int32Array.from(preferred),
      rejected: Int32Array.from(rejected),
      weights: new Float32Array(preferred.length).fill(1 / pairsOfInput),
      groups: Int32Array.from(groups),
    },
    groupCount: inputs,
    seed: 2,
    settings,
  };
}

/** The fit, and how many steps were taken in all. */
async function fit(request: TrainingRequest): Promise<TrainingResult & { taken: number }> {
  const { fitHead } = await builtModule<typeof import('./fit-head')>('providers/reward/fit-head');
  const { TrainingRun } = await builtModule<typeof import('./head-trainer')>('providers/reward/head-trainer');
  const { loadOnnxProtobuf } = await builtModule<typeof import('./onnx-graph')>('providers/reward/onnx-graph');
  const advance = jest.spyOn(TrainingRun.prototype, 'advance');
  try {
    const result = await fitHead(await loadOnnxProtobuf(), request, () => undefined);
    return { ...result, taken: advance.mock.calls.reduce((sum, [steps]) => sum + steps, 0) };
  } finally {
    advance.mockRestore();
  }
}

/** Rewards of an input's candidates as the head of its fold gave them, whichever candidate was called the better one. */
function rewardsOf(request: TrainingRequest, { heldOut }: TrainingResult, input: number): Map<number, number> {
  const rewards = new Map<number, number>();
  for (const { pair, preferredReward, rejectedReward } of heldOut) {
    if (request.pairs.groups[pair] !== input) continue;
    rewards.set(request.pairs.preferred[pair] as number, preferredReward);
    rewards.set(request.pairs.rejected[pair] as number, rejectedReward);
  }
  return rewards;
}

// A fit takes about a second of one core, which other test files share.
jest.setTimeout(60_000);

describe('fitHead', () => {
  it('scores every pair once, by a head that none of the pairs of its input had a part in', async () => {
    const request = requestOf(true);
    const before = await fit(request);
    expect(before.heldOut.map(({ pair }) => pair).sort((a, b) => a - b)).toEqual(
      Array.from({ length: inputs * pairsOfInput }, (_, pair) => pair),
    );
    const input = 7;
    const turned = requestOf(true);
    turned.pairs.groups.forEach((group, pair) => {
      if (group !== input) return;
      turned.pairs.preferred[pair] = request.pairs.rejected[pair] as number;
      turned.pairs.rejected[pair] = request.pairs.preferred[pair] as number;
    });
    const after = await fit(turned);
    expect(rewardsOf(turned, after, input)).toEqual(rewardsOf(request, before, input));
    // It had a part in the heads of other folds.
    const others = Array.from({ length: inputs }, (_, other) => other).filter(
      (other) =>
        rewardsOf(turned, after, other).get(other * candidates) !==
        rewardsOf(request, before, other).get(other * candidates),
    );
    expect(others.length).toBeGreaterThanOrEqual(inputs - inputs / settings.folds - 1);
  });

  it('stops by the loss on inputs that are not trained on: at once where nothing carries over to them', async () => {
    const { lookEvery, patience, folds, maxSteps } = settings;
    const nothing = await fit(requestOf(false));
    expect(nothing.steps).toBe(lookEvery);
    // Every fold stops after its patience and refits; the final head is fitted once more.
    expect(nothing.taken).toBe(folds * (lookEvery * (1 + patience) + lookEvery) + lookEvery);
    const much = await fit(requestOf(true));
    expect(much.steps).toBeGreaterThan(maxSteps / 2);
  });
});
