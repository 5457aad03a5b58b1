import { InferenceSession, Tensor } from 'onnxruntime-node';
import {
  headParameters,
  parameterCount,
  sizeOf,
  type HeadParameter,
  type HeadParameters,
  type HeadShape,
} from './head';
import type { OnnxProtobuf } from './onnx-graph';
import { forwardGraph } from './scoring-graph';
import { adamW, stateNames, trainingGraph } from './training-graph';

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
  readonly #head: HeadShape;
  readonly #dimension: number;
  readonly #training: InferenceSession;
  readonly #forward: InferenceSession;

  private constructor(head: HeadShape, dimension: number, training: InferenceSession, forward: InferenceSession) {
    this.#head = head;
    this.#dimension = dimension;
    this.#training = training;
    this.#forward = forward;
  }

  static async open(protobuf: OnnxProtobuf, head: HeadShape, dimension: number): Promise<HeadTrainer> {
    const training = await InferenceSession.create(trainingGraph(protobuf, head, dimension), sessionOptions);
    const forward = await InferenceSession.create(forwardGraph(protobuf, head, dimension), sessionOptions);
    return new HeadTrainer(head, dimension, training, forward);
  }

  /** A training run that starts at `parameters` with fresh moments. */
  start(features: Float32Array, pairs: IndexedPairs, parameters: HeadParameters): TrainingRun {
    return new TrainingRun(this.#training, this.#head, this.#dimension, features, pairs, parameters);
  }

  /** Rewards `[n]` of standardised features `[n, d]`. */
  async rewards(features: Float32Array, parameters: HeadParameters): Promise<Float32Array> {
    const rows = features.length / this.#dimension;
    if (rows === 0) return new Float32Array(0);
    const feeds: Record<string, Tensor> = { features: new Tensor('float32', features, [rows, this.#dimension]) };
    for (const { name, shape } of headParameters(this.#head, this.#dimension)) {
      feeds[name] = new Tensor('float32', parameters[name] as Float32Array, shape);
    }
    return (await this.#forward.run(feeds)).reward?.data as Float32Array;
  }

  async close(): Promise<void> {
    await this.#training.release();
    await this.#forward.release();
  }
}

export class TrainingRun {
  readonly #session: InferenceSession;
  readonly #parameters: HeadParameter[];
  readonly #batch: Record<string, Tensor>;
  #state: Record<(typeof stateNames)[number], Float32Array>;
  #steps = 0;

  constructor(
    session: InferenceSession,
    head: HeadShape,
    dimension: number,
    features: Float32Array,
    pairs: IndexedPairs,
    initial: HeadParameters,
  ) {
    this.#session = session;
    this.#parameters = headParameters(head, dimension);
    const count = pairs.weights.length;
    this.#batch = {
      features: new Tensor('float32', features, [features.length / dimension, dimension]),
      preferred: new Tensor('int64', BigInt64Array.from(pairs.preferred, BigInt), [count]),
      rejected: new Tensor('int64', BigInt64Array.from(pairs.rejected, BigInt), [count]),
      weights: new Tensor('float32', pairs.weights, [count]),
    };
    const size = parameterCount(head, dimension);
    this.#state = {
      parameters: new Float32Array(size),
      first_moment: new Float32Array(size),
      second_moment: new Float32Array(size),
    };
    for (const [name, part] of Object.entries(this.parameters)) part.set(initial[name] as Float32Array);
  }

  /** Takes so many AdamW steps and returns the loss before each. */
  async advance(steps: number, learningRate: number, weightDecay: number): Promise<Float32Array> {
    const numbers = Float32Array.from({ length: steps }, (_, index) => this.#steps + index + 1);
    const results = await this.#session.run({
      ...this.#batch,
      ...Object.fromEntries(stateNames.map((name) => [`start:${name}`, vector(this.#state[name])])),
      steps: new Tensor('int64', BigInt64Array.of(BigInt(steps)), []),
      step_size: vector(numbers.map((step) => learningRate / (1 - adamW.beta1 ** step))),
      moment_scale: vector(numbers.map((step) => 1 / Math.sqrt(1 - adamW.beta2 ** step))),
      decay: new Tensor('float32', Float32Array.of(learningRate * weightDecay), []),
    });
    this.#steps += steps;
    const end = (name: (typeof stateNames)[number]): Float32Array => results[`end:${name}`]?.data as Float32Array;
    this.#state = {
      parameters: end('parameters'),
      first_moment: end('first_moment'),
      second_moment: end('second_moment'),
    };
    return results.losses?.data as Float32Array;
  }

  /** The parameters as they are now. */
  get parameters(): HeadParameters {
    return this.#parted(this.#state.parameters);
  }

  /** First AdamW moments: after one step from rest, `(1 - beta1)` times the gradient. */
  get firstMoments(): HeadParameters {
    return this.#parted(this.#state.first_moment);
  }

  #parted(values: Float32Array): HeadParameters {
    let offset = 0;
    return Object.fromEntries(
      this.#parameters.map(({ name, shape }) => [name, values.subarray(offset, (offset += sizeOf(shape)))]),
    );
  }
}

function vector(values: Float32Array): Tensor {
  return new Tensor('float32', values, [values.length]);
}
