import { InferenceSession, Tensor } from 'onnxruntime-node';
import {
  headParameters,
  parameterCount,
  partedParameters,
  type HeadParameter,
  type HeadParameters,
  type HeadShape,
} from './head';
import type { OnnxProtobuf } from './onnx-graph';
import { forwardGraph } from './scoring-graph';
import { adamW, type stateNames, trainingGraph } from './training-graph';

/** Pairs as rows of a feature matrix; `weights` sum to 1. */
export interface IndexedPairs {
  preferred: Int32Array;
  rejected: Int32Array;
  weights: Float32Array;
}

/** Where training stands: vectors in the order of `headParameters`, and AdamW steps taken. */
export interface TrainingState {
  parameters: Float32Array;
  firstMoment: Float32Array;
  secondMoment: Float32Array;
  steps: number;
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
    return this.resume(features, pairs, atRest(this.#head, this.#dimension, parameters));
  }

  /** A training run that goes on where another one ended, on other pairs perhaps. */
  resume(features: Float32Array, pairs: IndexedPairs, state: TrainingState): TrainingRun {
    return new TrainingRun(this.#training, this.#head, this.#dimension, { features, pairs, state });
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
  #state: TrainingState;

  constructor(
    session: InferenceSession,
    head: HeadShape,
    dimension: number,
    { features, pairs, state }: { features: Float32Array; pairs: IndexedPairs; state: TrainingState },
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
    this.#state = state;
  }

  /** Takes so many AdamW steps and returns the loss before each. */
  async advance(steps: number, learningRate: number, weightDecay: number): Promise<Float32Array> {
    const numbers = Float32Array.from({ length: steps }, (_, index) => this.#state.steps + index + 1);
    const { parameters, firstMoment, secondMoment } = this.#state;
    const results = await this.#session.run({
      ...this.#batch,
      'start:parameters': vector(parameters),
      'start:first_moment': vector(firstMoment),
      'start:second_moment': vector(secondMoment),
      steps: new Tensor('int64', BigInt64Array.of(BigInt(steps)), []),
      step_size: vector(numbers.map((step) => learningRate / (1 - adamW.beta1 ** step))),
      moment_scale: vector(numbers.map((step) => 1 / Math.sqrt(1 - adamW.beta2 ** step))),
      decay: new Tensor('float32', Float32Array.of(learningRate * weightDecay), []),
    });
    const end = (name: (typeof stateNames)[number]): Float32Array => results[`end:${name}`]?.data as Float32Array;
    this.#state = {
      parameters: end('parameters'),
      firstMoment: end('first_moment'),
      secondMoment: end('second_moment'),
      steps: this.#state.steps + steps,
    };
    return results.losses?.data as Float32Array;
  }

  /** Where it stands, to go on from later. */
  get state(): TrainingState {
    return this.#state;
  }

  /** The parameters as they are now. */
  get parameters(): HeadParameters {
    return partedParameters(this.#parameters, this.#state.parameters);
  }

  /** First AdamW moments: after one step from rest, `(1 - beta1)` times the gradient. */
  get firstMoments(): HeadParameters {
    return partedParameters(this.#parameters, this.#state.firstMoment);
  }
}

function atRest(head: HeadShape, dimension: number, initial: HeadParameters): TrainingState {
  const size = parameterCount(head, dimension);
  const state = {
    parameters: new Float32Array(size),
    firstMoment: new Float32Array(size),
    secondMoment: new Float32Array(size),
    steps: 0,
  };
  const parts = partedParameters(headParameters(head, dimension), state.parameters);
  for (const [name, part] of Object.entries(parts)) part.set(initial[name] as Float32Array);
  return state;
}

function vector(values: Float32Array): Tensor {
  return new Tensor('float32', values, [values.length]);
}
