import { readFileSync, writeFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { headParameters, sizeOf, type HeadParameters } from '../../../providers/reward/head';
import { HeadTrainer, type IndexedPairs } from '../../../providers/reward/head-trainer';
import { loadOnnxProtobuf, type OnnxProtobuf } from '../../../providers/reward/onnx-graph';
import { rowsPerCall, scoringGraph } from '../../../providers/reward/scoring-graph';
import type { SpeedMeasurement, SpeedTask } from './speed-task';

/**
 * The Optimas side of the speed bench, in a process of its own: `node optimas-main.js TASK RESULT`. It uses the product's
 * graphs; torch-main.py is the other side.
 */

interface SpeedData {
  task: SpeedTask;
  features: Float32Array;
  pairs: IndexedPairs;
  initial: HeadParameters;
  standardisation: { mean: Float32Array; scale: Float32Array };
}

function readData(task: SpeedTask): SpeedData {
  const floats = (name: 'features' | 'weights' | 'initial' | 'mean' | 'scale'): Float32Array =>
    new Float32Array(bytesOf(task.files[name]));
  const initial: HeadParameters = {};
  let offset = 0;
  const values = floats('initial');
  for (const { name, shape } of headParameters(task.head, task.dimension)) {
    initial[name] = values.subarray(offset, (offset += sizeOf(shape)));
  }
  return {
    task,
    features: floats('features'),
    pairs: {
      preferred: new Int32Array(bytesOf(task.files.preferred)),
      rejected: new Int32Array(bytesOf(task.files.rejected)),
      weights: floats('weights'),
    },
    initial,
    standardisation: { mean: floats('mean'), scale: floats('scale') },
  };
}

/** Without a second copy: what `readFileSync` gives starts at the beginning of its buffer when the file is large. */
function bytesOf(file: string): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = readFileSync(file);
  if (byteOffset === 0 && byteLength === buffer.byteLength) return buffer as ArrayBuffer;
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}

/** Graphs are built and opened anew each time: a fit needs them. */
async function fit(protobuf: OnnxProtobuf, { task, features, pairs, initial }: SpeedData): Promise<Float32Array> {
  const trainer = await HeadTrainer.open(protobuf, task.head, task.dimension);
  const run = trainer.start(features, pairs, initial);
  for (let taken = 0; taken < task.steps; taken += task.stepsPerCall) {
    await run.advance(Math.min(task.stepsPerCall, task.steps - taken), task.learningRate, task.weightDecay);
  }
  await trainer.close();
  return run.state.parameters;
}

async function score(session: InferenceSession, candidates: Float32Array, dimension: number): Promise<number[]> {
  const rewards: number[] = [];
  const count = candidates.length / dimension;
  for (let start = 0; start < count; start += rowsPerCall) {
    const end = Math.min(count, start + rowsPerCall);
    const part = candidates.subarray(start * dimension, end * dimension);
    const result = await session.run({ features: new Tensor('float32', part, [end - start, dimension]) });
    for (const reward of (result.reward as Tensor).data as Float32Array) rewards.push(reward);
  }
  return rewards;
}

async function timed<T>(work: () => Promise<T>): Promise<{ seconds: number; result: T }> {
  await work();
  const started = performance.now();
  const result = await work();
  return { seconds: (performance.now() - started) / 1_000, result };
}

function peakMb(): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1_024;
}

async function main(taskFile: string, resultFile: string): Promise<void> {
  const data = readData(JSON.parse(readFileSync(taskFile, 'utf8')) as SpeedTask);
  const { task, standardisation } = data;
  const protobuf = await loadOnnxProtobuf();
  const fitted = await timed(() => fit(protobuf, data));
  const fitPeakMb = peakMb();
  const parameters = fitted.result;
  const session = await InferenceSession.create(
    scoringGraph(protobuf, [{ head: task.head, parameters, standardisation }]),
    {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    },
  );
  const candidates = new Float32Array(bytesOf(task.files.candidates));
  const scored = await timed(() => score(session, candidates, task.dimension));
  const measurement: SpeedMeasurement = {
    fitSeconds: fitted.seconds,
    scoreSeconds: scored.seconds,
    fitPeakMb,
    peakMb: peakMb(),
  };
  writeFileSync(task.files.parameters, parameters);
  writeFileSync(task.files.rewards, Float32Array.from(scored.result));
  writeFileSync(resultFile, JSON.stringify(measurement));
}

const [taskFile, resultFile] = process.argv.slice(2);
void main(taskFile as string, resultFile as string);
