import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { randomStream, type RandomStream } from '../../../core/random/stream';
import { featureSpec } from '../../../core/reward/feature-spec';
import { fitStandardisation, largestDeviation, standardise } from '../../../core/reward/standardisation';
import { headParameters, initialParameters, type HeadKind } from '../../../providers/reward/head';
import { adamW } from '../../../providers/reward/training-graph';
import { trainingSettings } from '../../../providers/reward/training-settings';
import type { SpeedTask } from './speed-task';

/** Candidates, five of each of 240 inputs, and pairs within an input. */
const inputs = 240;
const candidatesOfInput = 5;
const rows = inputs * candidatesOfInput;
export const pairCount = 2_000;
export const scoredCount = 10_000;

/** A component with two input fields and one output field, texts embedded in 384 numbers: 3,633 features. */
const spec = featureSpec({ inputFields: ['question', 'passages'], outputFields: ['answer'], embeddingDimension: 384 });
export const { dimension } = spec;

/** Writes the data of one kind of head into `folder`; the same on every call. Settings are the product's for such a table. */
export async function writeSpeedTask(folder: string, kind: HeadKind): Promise<SpeedTask> {
  const settings = trainingSettings(rows, dimension);
  const head = settings.heads.find((choice) => choice.kind === kind);
  if (head === undefined) throw new Error(`trainingSettings has no ${kind} head for ${rows} x ${dimension} features`);
  const stream = randomStream(1, 'speed');
  const raw = someFeatures(stream, rows);
  const pairs = somePairs(stream, raw);
  const all = Array.from({ length: rows }, (_, row) => row);
  const { mean, scale } = fitStandardisation(spec, raw, all, head);
  const initial = initialParameters(head, dimension, stream);
  const file = (name: string): string => path.join(folder, `${kind}-${name}`);
  const write = async (name: string, data: Float32Array | Int32Array): Promise<string> => {
    await writeFile(file(name), new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return file(name);
  };
  return {
    head: { kind: head.kind, hidden: head.hidden },
    dimension,
    steps: settings.maxSteps,
    stepsPerCall: settings.lookEvery,
    learningRate: head.learningRate,
    weightDecay: head.weightDecay,
    adamW,
    limits: [-largestDeviation, largestDeviation],
    files: {
      features: await write('features', standardise(raw, all, { mean, scale })),
      preferred: await write('preferred', pairs.preferred),
      rejected: await write('rejected', pairs.rejected),
      weights: await write('weights', new Float32Array(pairCount).fill(1 / pairCount)),
      initial: await write(
        'initial',
        Float32Array.from(headParameters(head, dimension).flatMap(({ name }) => [...(initial[name] as Float32Array)])),
      ),
      mean: await write('mean', mean),
      scale: await write('scale', scale),
      candidates: await write('candidates', someFeatures(stream, scoredCount)),
      parameters: file('parameters'),
      rewards: file('rewards'),
    },
  };
}

/** Each feature has a mean and a spread of its own. */
function someFeatures(stream: RandomStream, count: number): Float32Array {
  const own = randomStream(1, 'speed-feature');
  const [means, spreads] = [0, 1].map(() => Float32Array.from({ length: dimension }, () => own.uniform()));
  // Sums of uniform numbers: 31 million normal ones would take most of the bench's time.
  return Float32Array.from({ length: count * dimension }, (_, index) => {
    const k = index % dimension;
    return (means?.[k] as number) + (0.1 + (spreads?.[k] as number)) * (stream.uniform() + stream.uniform() - 1);
  });
}

/** Pairs of candidates of one input, ordered by a hidden direction with noise. */
function somePairs(stream: RandomStream, features: Float32Array): { preferred: Int32Array; rejected: Int32Array } {
  const direction = Float32Array.from({ length: dimension }, () => stream.normal());
  const worth = Array.from({ length: rows }, (_, row) =>
    direction.reduce(
      (sum, weight, k) => sum + weight * (features[row * dimension + k] as number),
      10 * stream.normal(),
    ),
  );
  const pairs: [number, number][] = [];
  for (let a = 0; a < rows; a++) {
    const first = a - (a % candidatesOfInput);
    for (let b = first; b < a; b++) pairs.push((worth[a] as number) > (worth[b] as number) ? [a, b] : [b, a]);
  }
  const taken = stream.sample(pairs, pairCount);
  return {
    preferred: Int32Array.from(taken, ([preferred]) => preferred),
    rejected: Int32Array.from(taken, ([, rejected]) => rejected),
  };
}
