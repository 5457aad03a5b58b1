import type { RandomStream } from '../../core/random/stream';
import type { BlockShares } from '../../core/reward/standardisation';
import type { OnnxGraph } from './onnx-graph';

/** Linear: `x w`. Mlp: `x w + tanh(x W + b) v`, one hidden layer beside the linear path. */
export type HeadKind = 'linear' | 'mlp';

export interface HeadShape {
  kind: HeadKind;
  /** Hidden units; 0 for a linear head. */
  hidden: number;
}

/** A head with what it is trained by; several compete on held-out inputs, and the manifest records the winner. */
export interface HeadChoice extends HeadShape, BlockShares {
  learningRate: number;
  /** Decoupled, per step: parameters shrink by `learningRate * weightDecay`. */
  weightDecay: number;
}

export interface HeadParameter {
  name: string;
  shape: number[];
}

export type HeadParameters = Record<string, Float32Array>;

export function headParameters(head: HeadShape, dimension: number): HeadParameter[] {
  const linear = { name: 'linear_weight', shape: [dimension, 1] };
  if (head.kind === 'linear') return [linear];
  return [
    linear,
    { name: 'hidden_weight', shape: [dimension, head.hidden] },
    { name: 'hidden_bias', shape: [head.hidden] },
    { name: 'output_weight', shape: [head.hidden, 1] },
  ];
}

/** How many numbers a tensor of this shape has. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Of all parameters together. */
export function parameterCount(head: HeadShape, dimension: number): number {
  return headParameters(head, dimension).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** The parts of a vector of all parameters. */
export function partedParameters(parameters: readonly HeadParameter[], values: Float32Array): HeadParameters {
  let offset = 0;
  return Object.fromEntries(
    parameters.map(({ name, shape }) => [name, values.subarray(offset, (offset += sizeOf(shape)))]),
  );
}

/** Zeros for the linear path; small random numbers where symmetry must be broken. */
export function initialParameters(head: HeadShape, dimension: number, stream: RandomStream): HeadParameters {
  const parameters: HeadParameters = {};
  for (const { name, shape } of headParameters(head, dimension)) {
    const size = sizeOf(shape);
    const spread = { hidden_weight: 0.3, output_weight: 0.3 / Math.sqrt(head.hidden || 1) }[name] ?? 0;
    parameters[name] = Float32Array.from({ length: size }, () => (spread === 0 ? 0 : spread * stream.normal()));
  }
  return parameters;
}

export interface HeadForward {
  /** `[n, 1]` */
  reward: string;
  /** `[n, hidden]`, after tanh; absent for a linear head. */
  activation?: string;
}

/** The head's forward pass over standardised features `[n, d]`; `named` gives the names of its parameters in the graph. */
export function headForward(
  graph: OnnxGraph,
  head: HeadShape,
  features: string,
  named: (parameter: string) => string = (parameter) => parameter,
): HeadForward {
  const linear = graph.node('MatMul', [features, named('linear_weight')]);
  if (head.kind === 'linear') return { reward: linear };
  const hidden = graph.node('Add', [graph.node('MatMul', [features, named('hidden_weight')]), named('hidden_bias')]);
  const activation = graph.node('Tanh', [hidden]);
  const output = graph.node('MatMul', [activation, named('output_weight')]);
  return { reward: graph.node('Add', [linear, output]), activation };
}

/** The head's backward pass, by hand: parameter -> name of its gradient, given the rewards' gradient `[n, 1]`. */
export function headBackward(
  graph: OnnxGraph,
  head: HeadShape,
  features: string,
  forward: HeadForward,
  rewardGradient: string,
): Record<string, string> {
  const linear = graph.node('Gemm', [features, rewardGradient], { transA: 1 });
  if (head.kind === 'linear' || forward.activation === undefined) return { linear_weight: linear };
  const { activation } = forward;
  const output = graph.node('Gemm', [activation, rewardGradient], { transA: 1 });
  const toActivation = graph.node('Gemm', [rewardGradient, 'output_weight'], { transB: 1 });
  const slope = graph.node('Sub', [graph.constant(1), graph.node('Mul', [activation, activation])]);
  const toHidden = graph.node('Mul', [toActivation, slope]);
  return {
    linear_weight: linear,
    hidden_weight: graph.node('Gemm', [features, toHidden], { transA: 1 }),
    hidden_bias: graph.node('ReduceSum', [toHidden, graph.integers('first_axis', [0])], { keepdims: 0 }),
    output_weight: output,
  };
}
