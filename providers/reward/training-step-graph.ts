import { headBackward, headForward, headParameters, type HeadShape } from './head';
import { OnnxGraph, type GraphValue, type OnnxProtobuf } from './onnx-graph';

/**
 * AdamW (Loshchilov and Hutter, 2019); the learning rate and bias corrections come per step.
 *
 * Epsilon is far above the usual 1e-8: with thousands of weak features and hundreds of pairs, steps of equal size for every
 * feature fit noise. Above the typical gradient, steps are proportional to gradients and early stopping acts like a ridge.
 */
export const adamW = { beta1: 0.9, beta2: 0.99, epsilon: 0.01 };

/**
 * One full-batch training step as an ONNX graph: forward, backward, decoupled weight decay.
 *
 * Inputs: `features [u, d]` of distinct candidates, standardised; `preferred [n]`, `rejected [n]`: rows of each pair;
 * `weights [n]`, summing to 1; `step_size`, `moment_scale`, `decay`: scalars; each parameter, its `m:` and its `v:`.
 * Outputs: `loss = sum_i weights_i * -log sigmoid(r_preferred - r_rejected)` (paper, equation 4) before the step, and
 * `next:` of each parameter and moment.
 */
export function trainingStepGraph(protobuf: OnnxProtobuf, head: HeadShape, dimension: number): Uint8Array {
  const graph = new OnnxGraph(protobuf);
  const forward = headForward(graph, head, 'features');
  const margin = graph.node('Sub', [
    graph.node('Gather', [forward.reward, 'preferred'], { axis: 0 }),
    graph.node('Gather', [forward.reward, 'rejected'], { axis: 0 }),
  ]);
  const column = graph.integers('column', [-1, 1]);
  const weights = graph.node('Reshape', ['weights', column]);
  const negative = graph.node('Neg', [margin]);
  const losses = graph.node('Mul', [weights, graph.node('Softplus', [negative])]);
  graph.node('ReduceSum', [losses], { keepdims: 0 }, 'loss');

  const toMargin = graph.node('Neg', [graph.node('Mul', [weights, graph.node('Sigmoid', [negative])])]);
  const scatter = { axis: 0, reduction: 'add' };
  const zeros = graph.node('Mul', [forward.reward, graph.constant(0)]);
  const fromPreferred = graph.node(
    'ScatterElements',
    [zeros, graph.node('Reshape', ['preferred', column]), toMargin],
    scatter,
  );
  const rewardGradient = graph.node(
    'ScatterElements',
    [fromPreferred, graph.node('Reshape', ['rejected', column]), graph.node('Neg', [toMargin])],
    scatter,
  );
  const gradients = headBackward(graph, head, 'features', forward, rewardGradient);
  const parameters = headParameters(head, dimension);
  for (const { name } of parameters) addAdamWStep(graph, name, gradients[name] as string);

  const scalars: GraphValue[] = ['step_size', 'moment_scale', 'decay'].map((name) => ({ name, shape: [] }));
  const state = parameters.flatMap(({ name, shape }) =>
    ['', 'm:', 'v:'].map((prefix) => ({ name: `${prefix}${name}`, shape })),
  );
  return graph.bytes(
    'training-step',
    [
      { name: 'features', shape: ['u', dimension] },
      { name: 'preferred', shape: ['n'], type: 'int64' },
      { name: 'rejected', shape: ['n'], type: 'int64' },
      { name: 'weights', shape: ['n'] },
      ...scalars,
      ...state,
    ],
    [{ name: 'loss', shape: [] }, ...state.map(({ name, shape }) => ({ name: `next:${name}`, shape }))],
  );
}

function addAdamWStep(graph: OnnxGraph, name: string, gradient: string): void {
  const { beta1, beta2, epsilon } = adamW;
  const mix = (old: string, fresh: string, keep: number, output: string): string =>
    graph.node(
      'Add',
      [graph.node('Mul', [old, graph.constant(keep)]), graph.node('Mul', [fresh, graph.constant(1 - keep)])],
      {},
      output,
    );
  const first = mix(`m:${name}`, gradient, beta1, `next:m:${name}`);
  const second = mix(`v:${name}`, graph.node('Mul', [gradient, gradient]), beta2, `next:v:${name}`);
  const spread = graph.node('Mul', [graph.node('Sqrt', [second]), 'moment_scale']);
  const direction = graph.node('Div', [first, graph.node('Add', [spread, graph.constant(epsilon)])]);
  const decayed = graph.node('Sub', [name, graph.node('Mul', [name, 'decay'])]);
  graph.node('Sub', [decayed, graph.node('Mul', [direction, 'step_size'])], {}, `next:${name}`);
}
