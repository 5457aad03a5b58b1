import { randomStream } from '../../core/random/stream';
import { builtModule } from '../../test/support/built-module';
import { initialParameters, type HeadParameters, type HeadShape } from './head';
import { adamW } from './training-graph';

const dimension = 7;
const rows = 9;
const stream = randomStream(11, 'gradient-check');
const features = Float32Array.from({ length: rows * dimension }, () => stream.normal());
const pairs = {
  preferred: Int32Array.from([0, 0, 3, 5, 8, 8]),
  rejected: Int32Array.from([1, 2, 4, 6, 7, 0]),
  weights: Float32Array.from([0.3, 0.1, 0.2, 0.1, 0.15, 0.15]),
};

/** The loss in double precision, written down independently of the graph. */
function loss(head: HeadShape, parameters: Record<string, ArrayLike<number>>): number {
  const value = (name: string, index: number): number => (parameters[name] as ArrayLike<number>)[index] as number;
  const rewards = Array.from({ length: rows }, (_, row) => {
    const x = (k: number): number => features[row * dimension + k] as number;
    let reward = 0;
    for (let k = 0; k < dimension; k++) reward += x(k) * value('linear_weight', k);
    for (let unit = 0; unit < head.hidden; unit++) {
      let sum = value('hidden_bias', unit);
      for (let k = 0; k < dimension; k++) sum += x(k) * value('hidden_weight', k * head.hidden + unit);
      reward += Math.tanh(sum) * value('output_weight', unit);
    }
    return reward;
  });
  return pairs.weights.reduce((total, weight, pair) => {
    const margin =
      (rewards[pairs.preferred[pair] as number] as number) - (rewards[pairs.rejected[pair] as number] as number);
    return total + weight * Math.log1p(Math.exp(-margin));
  }, 0);
}

type Doubles = Record<string, Float64Array>;

const asDoubles = (parameters: HeadParameters): Doubles =>
  Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, Float64Array.from(values)]));

/** By finite differences. */
function gradientsOf(head: HeadShape, parameters: Doubles): Doubles {
  const gradient = (name: string, index: number): number => {
    const at = (shift: number): number => {
      const moved = Float64Array.from(parameters[name] as Float64Array);
      moved[index] = (moved[index] as number) + shift;
      return loss(head, { ...parameters, [name]: moved });
    };
    return (at(1e-5) - at(-1e-5)) / 2e-5;
  };
  return Object.fromEntries(
    Object.entries(parameters).map(([name, values]) => [name, values.map((_, index) => gradient(name, index))]),
  );
}

/** AdamW (Loshchilov and Hutter, 2019, algorithm 2) in double precision, written down independently of the graph. */
function adamWSteps(
  head: HeadShape,
  start: HeadParameters,
  { steps, learningRate, weightDecay }: { steps: number; learningRate: number; weightDecay: number },
): { parameters: Doubles; lastLoss: number } {
  const { beta1, beta2, epsilon } = adamW;
  const parameters = asDoubles(start);
  const zeros = (): Doubles =>
    Object.fromEntries(Object.entries(start).map(([name, { length }]) => [name, new Float64Array(length)]));
  const [first, second] = [zeros(), zeros()];
  let lastLoss = NaN;
  for (let step = 1; step <= steps; step++) {
    lastLoss = loss(head, parameters);
    for (const [name, gradients] of Object.entries(gradientsOf(head, parameters))) {
      const [p, m, v] = [parameters[name], first[name], second[name]] as [Float64Array, Float64Array, Float64Array];
      for (const [k, gradient] of gradients.entries()) {
        m[k] = beta1 * (m[k] as number) + (1 - beta1) * gradient;
        v[k] = beta2 * (v[k] as number) + (1 - beta2) * gradient ** 2;
        const corrected = Math.sqrt((v[k] as number) / (1 - beta2 ** step)) + epsilon;
        const direction = (m[k] as number) / (1 - beta1 ** step) / corrected;
        p[k] = (p[k] as number) * (1 - learningRate * weightDecay) - learningRate * direction;
      }
    }
  }
  return { parameters, lastLoss };
}

function randomParameters(head: HeadShape): HeadParameters {
  const start = initialParameters(head, dimension, stream);
  return Object.fromEntries(
    Object.entries(start).map(([name, values]) => [name, values.map(() => 0.5 * stream.normal())]),
  );
}

describe.each<HeadShape>([
  { kind: 'linear', hidden: 0 },
  { kind: 'mlp', hidden: 5 },
])('training step of a $kind head', (head) => {
  async function train(parameters: HeadParameters, calls: number[], learningRate: number, decay: number) {
    const { HeadTrainer } = await builtModule<typeof import('./head-trainer')>('providers/reward/head-trainer');
    const { loadOnnxProtobuf } = await builtModule<typeof import('./onnx-graph')>('providers/reward/onnx-graph');
    const trainer = await HeadTrainer.open(await loadOnnxProtobuf(), head, dimension);
    const run = trainer.start(features, pairs, parameters);
    const losses: number[] = [];
    for (const steps of calls) losses.push(...(await run.advance(steps, learningRate, decay)));
    await trainer.close();
    return { losses, next: run.parameters, moments: run.firstMoments };
  }

  it('has the gradients that finite differences give', async () => {
    const parameters = randomParameters(head);
    const { losses, moments } = await train(parameters, [1], 0.1, 0);
    expect(losses).toHaveLength(1);
    expect(losses[0]).toBeCloseTo(loss(head, parameters), 5);
    const expected = gradientsOf(head, asDoubles(parameters));
    for (const [name, values] of Object.entries(expected)) {
      for (const [index, gradient] of values.entries()) {
        const actual = (moments[name]?.[index] as number) / (1 - adamW.beta1);
        expect(Math.abs(actual - gradient)).toBeLessThan(2e-6);
      }
    }
  });

  it('takes AdamW steps with decoupled weight decay', async () => {
    const parameters = randomParameters(head);
    const { losses, next } = await train(parameters, [3], 0.1, 0.5);
    const expected = adamWSteps(head, parameters, { steps: 3, learningRate: 0.1, weightDecay: 0.5 });
    expect(losses[2]).toBeCloseTo(expected.lastLoss, 5);
    for (const [name, values] of Object.entries(expected.parameters)) {
      for (const [index, value] of values.entries()) expect(next[name]?.[index]).toBeCloseTo(value, 5);
    }
  });

  it('comes to the same however its steps are parted into calls', async () => {
    const parameters = randomParameters(head);
    const whole = await train(parameters, [6], 0.1, 0.5);
    const parted = await train(parameters, [1, 2, 3], 0.1, 0.5);
    expect(parted).toEqual(whole);
    expect(whole.losses).toHaveLength(6);
    expect(whole.losses[5]).toBeLessThan(whole.losses[0] as number);
  });
});
