import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { randomStream } from '../../core/random/stream';
import { builtModule } from '../../test/support/built-module';
import { pythonWithOnnxRuntime } from '../../test/support/python-with-onnxruntime';
import { climb } from '../ladders';
import { headParameters, sizeOf, type HeadParameters, type HeadShape } from './head';

const run = promisify(execFile);
const program = path.join(__dirname, '../../test/support/score-with-onnxruntime.py');
/** Two input fields, one output field, embeddings of 384 numbers. */
const dimension = 3_103;
const rows = 50;
const largestArtefact = 2_000_000;

let folder: string;
let python: string;

// The first time on a machine packages are downloaded.
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'optimas-python-'));
  python = (await climb(pythonWithOnnxRuntime())).value;
}, 600_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

// Importing packages that no other process has read takes a while.
jest.setTimeout(60_000);

describe("the artefact in Python's onnxruntime", () => {
  it.each<HeadShape>([
    { kind: 'linear', hidden: 0 },
    { kind: 'mlp', hidden: 16 },
  ])('gives the rewards that it gives here: $kind head', async (head) => {
    const stream = randomStream(3, 'python', head.kind);
    const features = Float32Array.from({ length: rows * dimension }, () => 2 * stream.normal());
    const artefact = await someArtefact(head);
    expect(artefact.length).toBeLessThan(largestArtefact);

    const [artefactFile, featuresFile, rewardsFile] = ['reward.onnx', 'features', 'rewards'].map((name) =>
      path.join(folder, `${head.kind}-${name}`),
    ) as [string, string, string];
    await writeFile(artefactFile, artefact);
    await writeFile(featuresFile, new Uint8Array(features.buffer));
    await run(python, [program, artefactFile, featuresFile, rewardsFile]);
    const { buffer, byteOffset, byteLength } = await readFile(rewardsFile);
    const there = new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));

    const here = await rewardsHere(artefact, features);
    expect(there).toHaveLength(rows);
    // Not a comparison of numbers that are all alike.
    expect(Math.max(...here) - Math.min(...here)).toBeGreaterThan(1);
    for (const [row, reward] of here.entries()) {
      const apart = Math.abs((there[row] as number) - reward);
      expect(apart).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(reward)));
    }
  });
});

/** With random parameters, such that rewards are about 1; some features are constant, some beyond the largest deviation. */
async function someArtefact(head: HeadShape): Promise<Uint8Array> {
  const { scoringGraph } = await builtModule<typeof import('./scoring-graph')>('providers/reward/scoring-graph');
  const { loadOnnxProtobuf } = await builtModule<typeof import('./onnx-graph')>('providers/reward/onnx-graph');
  const stream = randomStream(4, 'python', head.kind);
  const parameters: HeadParameters = {};
  for (const { name, shape } of headParameters(head, dimension)) {
    const inputs = shape.length === 1 ? 1 : (shape[0] as number);
    parameters[name] = Float32Array.from({ length: sizeOf(shape) }, () => stream.normal() / Math.sqrt(inputs));
  }
  const mean = Float32Array.from({ length: dimension }, () => stream.normal());
  const scale = Float32Array.from({ length: dimension }, (_, k) => (k % 10 === 0 ? 0 : k % 10 === 1 ? 20 : 0.5));
  return scoringGraph(await loadOnnxProtobuf(), { head, parameters, standardisation: { mean, scale } });
}

async function rewardsHere(artefact: Uint8Array, features: Float32Array): Promise<Float32Array> {
  const session = await InferenceSession.create(artefact, { intraOpNumThreads: 1 });
  const result = await session.run({ features: new Tensor('float32', features, [rows, dimension]) });
  await session.release();
  return (result['reward'] as Tensor).data as Float32Array;
}
