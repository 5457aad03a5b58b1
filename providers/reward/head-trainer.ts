import { InferenceSession, Tensor } from 'onnxruntime-node';
import { headParameters, type HeadParameters, type HeadShape } from './head';
import type { OnnxProtobuf } from './onnx-graph';
import { forwardGraph } from './scoring-graph';
import { adamW, trainingStepGraph } from './training-step-graph';

/** Pairs as rows of a feature matrix; `weights` sum to 1. */
export interface IndexedPairs {
  preferred: Int32Array;
  rejected: Int32Array;
  weights: Float32Array;
}

/** One thread and sequential execution: the same numbers on every run. */
const sessionOptions: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  logSeverityLevel: 3,
};

/** The two graphs of one kind of head, opened once and used for every fold. */
export class HeadTrainer {
  readonly head: HeadShape;
  readonly dimension: number;
  readonly #step: InferenceSession;
  readonly #forward: InferenceSession;

  private constructor(head: HeadShape, dimension: number, step: InferenceSession, forward: InferenceSession) {
    this.head = head;
    this.dimension = dimension;
    this.#step = step;
    this.#forward = forward;
  }

  static async open(protobuf: OnnxProtobuf, head: HeadShape, dimension: number): Promise<HeadTrainer> {
    const step = await InferenceSession.create(trainingStepGraph(protobuf, head, dimension), sessionOptions);
    const forward = await InferenceSession.create(forwardGraph(protobuf, head, dimension), sessionOptions);
    return new HeadTrainer(head, dimension, step, forward);
  }

  /** A training run that starts at `parameters` with fresh moments. */
  start(features: Float32Array, pairs: IndexedPairs, parameters: HeadParameters): TrainingRun {
    return new TrainingRun(this.#step, headParameters(this.head, this.dimension), features, pairs, parameters);
  }

  /** Rewards `[n]` of standardised features `[n, d]`. */
  async rewards(features: Float32Array, parameters: HeadParameters): Promise<Float32Array> {
    const rows = features.length / this.dimension;
    if (rows === 0) return new Float32Array(0);
    const feeds: Record<string, Tensor> = { features: new Tensor('float32', features, [rows, this.dimension]) };
    for (const { name, shape } of headParameters(this.head, this.dimension)) {
      feeds[name] = new Tensor('float32', parameters[name] as Float32Array, shape);
    }
    return (await this.#forward.run(feeds)).reward?.data as Float32Array;
  }

  async close(): Promise<void> {
    await this.#step.release();
    await this.#forward.release();
  }
}

export class TrainingRun {
  readonly #session: InferenceSession;
  readonly #names: string[];
  readonly #state: Record<string, Tensor> = {};
  readonly #batch: Record<string, Tensor>;
  #steps = 0;

  constructor(
    session: InferenceSession,
    parameters: { name: string; shape: number[] }[],
    features: Float32Array,
    pairs: IndexedPairs,
    initial: HeadParameters,
  ) {
    this.#session = session;
    this.#names = parameters.map(({ name }) => name);
    const count = pairs.weights.length;
    const dimension = parameters[0]?.shape[0] as number;
    this.#batch = {
      features: new Tensor('float32', features, [features.length / dimension, dimension]),
      preferred: new Tensor('int64', BigInt64Array.from(pairs.preferred, BigInt), [count]),
      rejected: new Tensor('int64', BigInt64Array.from(pairs.rejected, BigInt), [count]),
      weights: new Tensor('float32', pairs.weights, [count]),
    };
    for (const { name, shape } of parameters) {
      const values = initial[name] as Float32Array;
      this.#state[name] = new Tensor('float32', values, shape);
      this.#state[`m:${name}`] = new Tensor('float32', new Float32Array(values.length), shape);
      this.#state[`v:${name}`] = new Tensor('float32', new Float32Array(values.length), shape);
    }
  }

  /** Takes one AdamW step and returns the loss before it. */
  async step(learningRate: number, weightDecay: number): Promise<number> {
    this.#steps += 1;
    const scalar = (value: number): Tensor => new Tensor('float32', Float32Array.of(value), []);
    const results = await this.#session.run({
      ...this.#batch,
      ...this.#state,
      step_size: scalar(learningRate / (1 - adamW.beta1 ** this.#steps)),
      moment_scale: scalar(1 / Math.sqrt(1 - adamW.beta2 ** this.#steps)),
      decay: scalar(learningRate * weightDecay),
    });
    for (const name of Object.keys(this.#state)) this.#state[name] = results[`next:${name}`] as Tensor;
    return ((results.loss as Tensor).data as Float32Array)[0] as number;
  }

  /** The parameters as they are now. */
  get parameters(): HeadParameters {
    return Object.fromEntries(this.#names.map((name) => [name, this.#state[name]?.data as Float32Array]));
  }

  /** First AdamW moments: after one step from rest, `(1 - beta1)` times the gradient. */
  get firstMoments(): HeadParameters {
    return Object.fromEntries(this.#names.map((name) => [name, this.#state[`m:${name}`]?.data as Float32Array]));
  }
}
