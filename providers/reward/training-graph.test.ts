import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { randomStream } from '../../core/random/stream';
import { headParameters, initialParameters, type HeadParameters, type HeadShape } from './head';
import { packageRoot } from '../processes/package-root';
import { adamW } from './training-graph';

/** From test/jest-environment.js: loads built modules outside Jest, whose realm cannot load ES modules. */
declare function hostImport<T>(specifier: string): Promise<T>;

function built<T>(name: string): Promise<T> {
  return hostImport<T>(pathToFileURL(join(packageRoot(), 'dist', 'providers', 'reward', `${name}.js`)).href);
}

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
    const { HeadTrainer } = await built<typeof import('./head-trainer')>('head-trainer');
    const { loadOnnxProtobuf } = await built<typeof import('./onnx-graph')>('onnx-graph');
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
    for (const { name } of headParameters(head, dimension)) {
      const values = Float64Array.from(parameters[name] as Float32Array);
      for (let index = 0; index < values.length; index++) {
        const at = (shift: number): number => {
          const moved = values.slice();
          moved[index] = (moved[index] as number) + shift;
          return loss(head, { ...parameters, [name]: moved });
        };
        const expected = (at(1e-5) - at(-1e-5)) / 2e-5;
        const actual = (moments[name]?.[index] as number) / (1 - adamW.beta1);
        expect(Math.abs(actual - expected)).toBeLessThan(2e-6);
      }
    }
  });

  it('takes the AdamW step with decoupled weight decay', async () => {
    const parameters = randomParameters(head);
    const { next, moments } = await train(parameters, [1], 0.1, 0.5);
    for (const { name } of headParameters(head, dimension)) {
      for (const [index, before] of (parameters[name] as Float32Array).entries()) {
        const gradient = (moments[name]?.[index] as number) / (1 - adamW.beta1);
        const expected = before * (1 - 0.1 * 0.5) - (0.1 * gradient) / (Math.abs(gradient) + adamW.epsilon);
        expect(next[name]?.[index]).toBeCloseTo(expected, 5);
      }
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
