import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { randomStream } from '../../core/random/stream';
import { dataOf, encoder, fitted, options, plantedTasks } from '../../test/support/planted-reward-data';
import { featuresOf, scoredByOnnxRuntime } from '../../test/support/scored-by-onnxruntime';
import { builtModule } from '../../test/support/built-module';
import { pythonWithOnnxRuntime } from '../../test/support/python-with-onnxruntime';
import { climb } from '../ladders';
import { fitReward } from './fit-reward';
import { headParameters, sizeOf, type HeadShape } from './head';
import { openReward } from './open-reward';

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

    const there = await rewardsThere(name, artefact, features);
    const here = await scoredByOnnxRuntime(artefact, features, rows);
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

  it('gives what a fitted reward gives, for the features that its manifest lays out', async () => {
    const { artefact, manifest } = fitted(await fitReward(options(dataOf(plantedTasks(20)))));
    const items = dataOf(plantedTasks(10, 'unseen')).comparisons.map(({ inputs, candidate }) => ({
      inputs,
      outputs: candidate,
    }));
    const features = await featuresOf(manifest.features, encoder, items);
    const there = await rewardsThere('fitted', artefact, features);
    const model = await openReward(artefact, manifest, encoder);
    const here = await model.score(items);
    await model.close();
    const columns = 1 + manifest.members.length;
    expect(there).toHaveLength(items.length * columns);
    for (const [row, reward] of here.entries()) {
      expect(Math.abs((there[row * columns] as number) - reward)).toBeLessThanOrEqual(
        1e-5 * Math.max(1, Math.abs(reward)),
      );
    }
    expect(new Set(here).size).toBeGreaterThan(items.length / 2);
  });
});

/** What Python gives, row by row: the reward, and each member's. */
async function rewardsThere(name: string, artefact: Uint8Array, features: Float32Array): Promise<Float32Array> {
  const [artefactFile, featuresFile, rewardsFile] = ['reward.onnx', 'features', 'rewards'].map((file) =>
    path.join(folder, `${name}-${file}`),
  ) as [string, string, string];
  await writeFile(artefactFile, artefact);
  await writeFile(featuresFile, new Uint8Array(features.buffer));
  await run(python, [program, artefactFile, featuresFile, rewardsFile]);
  const { buffer, byteOffset, byteLength } = await readFile(rewardsFile);
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

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
