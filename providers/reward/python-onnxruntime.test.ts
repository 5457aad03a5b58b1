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
import { headParameters, sizeOf, type HeadShape } from './head';

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

const linear: HeadShape = { kind: 'linear', hidden: 0 };
const mlp: HeadShape = { kind: 'mlp', hidden: 16 };

describe("the artefact in Python's onnxruntime", () => {
  it.each<[string, HeadShape[]]>([
    ['a linear head', [linear]],
    ['an mlp', [mlp]],
    ['members of both kinds', [linear, mlp, mlp, linear, mlp]],
  ])('gives the rewards that it gives here: %s', async (name, heads) => {
    const stream = randomStream(3, 'python', name);
    const features = Float32Array.from({ length: rows * dimension }, () => 2 * stream.normal());
    const artefact = await someArtefact(heads);
    expect(artefact.length).toBeLessThan(largestArtefact);

    const [artefactFile, featuresFile, rewardsFile] = ['reward.onnx', 'features', 'rewards'].map((file) =>
      path.join(folder, `${name}-${file}`),
    ) as [string, string, string];
    await writeFile(artefactFile, artefact);
    await writeFile(featuresFile, new Uint8Array(features.buffer));
    await run(python, [program, artefactFile, featuresFile, rewardsFile]);
    const { buffer, byteOffset, byteLength } = await readFile(rewardsFile);
    const there = new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));

    const here = await rewardsHere(artefact, features);
    expect(there).toHaveLength(rows * (1 + heads.length));
    for (let row = 0; row < rows; row++) {
      const members = here.rewards.slice(row * heads.length, (row + 1) * heads.length);
      const reward = here.reward[row] as number;
      expect(reward).toBeCloseTo(members.reduce((sum, value) => sum + value, 0) / heads.length, 4);
      for (const [column, value] of [reward, ...members].entries()) {
        const apart = Math.abs((there[row * (1 + heads.length) + column] as number) - value);
        expect(apart).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(value)));
      }
    }
    // Not a comparison of numbers that are all alike, nor of members that are.
    expect(Math.max(...here.reward) - Math.min(...here.reward)).toBeGreaterThan(1);
    expect(new Set(here.rewards).size).toBe(rows * heads.length);
  });
});

/** With random parameters, such that rewards are about 1; some features are constant, some beyond the largest deviation. */
async function someArtefact(heads: readonly HeadShape[]): Promise<Uint8Array> {
  const { scoringGraph } = await builtModule<typeof import('./scoring-graph')>('providers/reward/scoring-graph');
  const { loadOnnxProtobuf } = await builtModule<typeof import('./onnx-graph')>('providers/reward/onnx-graph');
  const members = heads.map((head, index) => {
    const stream = randomStream(4, 'python', index);
    const parameters = headParameters(head, dimension).flatMap(({ shape }) => {
      const inputs = shape.length === 1 ? 1 : (shape[0] as number);
      return Array.from({ length: sizeOf(shape) }, () => stream.normal() / Math.sqrt(inputs));
    });
    const mean = Float32Array.from({ length: dimension }, () => stream.normal());
    const scale = Float32Array.from({ length: dimension }, (_, k) => (k % 10 === 0 ? 0 : k % 10 === 1 ? 20 : 0.5));
    return { head, parameters: Float32Array.from(parameters), standardisation: { mean, scale } };
  });
  return scoringGraph(await loadOnnxProtobuf(), members);
}

async function rewardsHere(
  artefact: Uint8Array,
  features: Float32Array,
): Promise<{ reward: Float32Array; rewards: Float32Array }> {
  const session = await InferenceSession.create(artefact, { intraOpNumThreads: 1 });
  const result = await session.run({ features: new Tensor('float32', features, [rows, dimension]) });
  await session.release();
  const numbers = (name: string): Float32Array => (result[name] as Tensor).data as Float32Array;
  return { reward: numbers('reward'), rewards: numbers('rewards') };
}
