import { headBackward, headForward, headParameters, parameterCount, sizeOf, type HeadShape } from './head';
import { OnnxGraph, type OnnxProtobuf } from './onnx-graph';

/**
 * AdamW (Loshchilov and Hutter, 2019); the learning rate and bias corrections come per step.
 *
 * Epsilon is far above the usual 1e-8: with thousands of weak features and hundreds of pairs, steps of equal size for every
 * feature fit noise. Above the typical gradient, steps are proportional to gradients and early stopping acts like a ridge.
 */
export const adamW = { beta1: 0.9, beta2: 0.99, epsilon: 0.01 };

/** All parameters in one vector, one after another; moments likewise. */
export const stateNames = ['parameters', 'first_moment', 'second_moment'] as const;

/**
 * Full-batch training steps as an ONNX graph: forward, backward, decoupled weight decay, `steps` times over. The steps run
 * inside ONNX Runtime, because passing parameters and moments in and out costs more than a step on few candidates. They
 * update one vector of all `p` parameters: to multiply a column `[d, 1]` by a scalar takes onnxruntime-node 1.30 several times
 * as long as a vector `[d]`.
 *
 * Inputs: `features [u, d]` of distinct candidates, standardised; `preferred [n]`, `rejected [n]`: rows of each pair;
 * `weights [n]`, summing to 1; `steps`: how many; `step_size [steps]`, `moment_scale [steps]`; `decay`: scalar;
 * `start:parameters [p]`, `start:first_moment [p]`, `start:second_moment [p]`.
 * Outputs: `losses [steps]`, each `sum_i weights_i * -log sigmoid(r_preferred - r_rejected)` (paper, equation 4) before its
 * step, and `end:` of parameters and moments.
 */
export function trainingGraph(protobuf: OnnxProtobuf, head: HeadShape, dimension: number): Uint8Array {
  const graph = new OnnxGraph(protobuf);
  const column = graph.integers('column', [-1, 1]);
  for (const name of ['weights', 'preferred', 'rejected']) {
    graph.node('Reshape', [name, column], {}, `${name}_column`);
  }
  const shape = [parameterCount(head, dimension)];
  graph.loop({
    tripCount: 'steps',
    loopCarried: stateNames.map((name) => ({
      value: { name, shape },
      start: `start:${name}`,
      next: `next:${name}`,
      end: `end:${name}`,
    })),
    scanOutput: { inside: 'loss', outside: 'losses' },
    body: (inside, step) => addStep(inside, step, head, dimension),
  });
  return graph.bytes(
    'training',
    [
      { name: 'features', shape: ['u', dimension] },
      { name: 'preferred', shape: ['n'], type: 'int64' },
      { name: 'rejected', shape: ['n'], type: 'int64' },
      { name: 'weights', shape: ['n'] },
      { name: 'steps', shape: [], type: 'int64' },
      { name: 'step_size', shape: ['s'] },
      { name: 'moment_scale', shape: ['s'] },
      { name: 'decay', shape: [] },
      ...stateNames.map((name) => ({ name: `start:${name}`, shape })),
    ],
    [{ name: 'losses', shape: ['s'] }, ...stateNames.map((name) => ({ name: `end:${name}`, shape }))],
  );
}

function addStep(graph: OnnxGraph, step: string, head: HeadShape, dimension: number): void {
  const parameters = headParameters(head, dimension);
  let offset = 0;
  for (const { name, shape } of parameters) {
    const size = sizeOf(shape);
    const bounds = [graph.integers(`from:${name}`, [offset]), graph.integers(`to:${name}`, [(offset += size)])];
    const part = graph.node('Slice', ['parameters', ...bounds]);
    graph.node('Reshape', [part, graph.integers(`shape:${name}`, shape)], {}, name);
  }
  const forward = headForward(graph, head, 'features');
  const margin = graph.node('Sub', [
    graph.node('Gather', [forward.reward, 'preferred'], { axis: 0 }),
    graph.node('Gather', [forward.reward, 'rejected'], { axis: 0 }),
  ]);
  const negative = graph.node('Neg', [margin]);
  const losses = graph.node('Mul', ['weights_column', graph.node('Softplus', [negative])]);
  graph.node('ReduceSum', [losses], { keepdims: 0 }, 'loss');

  const toMargin = graph.node('Neg', [graph.node('Mul', ['weights_column', graph.node('Sigmoid', [negative])])]);
  const scatter = { axis: 0, reduction: 'add' };
  const zeros = graph.node('Mul', [forward.reward, graph.constant(0)]);
  const fromPreferred = graph.node('ScatterElements', [zeros, 'preferred_column', toMargin], scatter);
  const fromRejected = graph.node('Neg', [toMargin]);
  const rewardGradient = graph.node('ScatterElements', [fromPreferred, 'rejected_column', fromRejected], scatter);
  const gradients = headBackward(graph, head, 'features', forward, rewardGradient);
  const vector = graph.integers('vector', [-1]);
  const parts = parameters.map(({ name }) => graph.node('Reshape', [gradients[name] as string, vector]));
  addAdamWStep(graph, step, graph.node('Concat', parts, { axis: 0 }));
}

function addAdamWStep(graph: OnnxGraph, step: string, gradient: string): void {
  const { beta1, beta2, epsilon } = adamW;
  const mix = (old: string, fresh: string, keep: number): string =>
    graph.node(
      'Add',
      [graph.node('Mul', [old, graph.constant(keep)]), graph.node('Mul', [fresh, graph.constant(1 - keep)])],
      {},
      `next:${old}`,
    );
  const stepSize = graph.node('Gather', ['step_size', step], { axis: 0 });
  const momentScale = graph.node('Gather', ['moment_scale', step], { axis: 0 });
  const first = mix('first_moment', gradient, beta1);
  const second = mix('second_moment', graph.node('Mul', [gradient, gradient]), beta2);
  const spread = graph.node('Mul', [graph.node('Sqrt', [second]), momentScale]);
  const direction = graph.node('Div', [first, graph.node('Add', [spread, graph.constant(epsilon)])]);
  const decayed = graph.node('Sub', ['parameters', graph.node('Mul', ['parameters', 'decay'])]);
  graph.node('Sub', [decayed, graph.node('Mul', [direction, stepSize])], {}, 'next:parameters');
}
