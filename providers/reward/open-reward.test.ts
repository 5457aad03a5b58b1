import { InferenceSession } from 'onnxruntime-node';
import { calibratedGain } from '../../core/reward/gain-calibration';
import { randomStream } from '../../core/random/stream';
import { sha256 } from '../../core/system/canonical-json';
import { InfrastructureError } from '../../core/system/infrastructure-error';
import { builtModule } from '../../test/support/built-module';
import { dataOf, encoder, fitted, FoldedEncoder, options, plantedTasks } from '../../test/support/planted-reward-data';
import { featuresOf, scoredByOnnxRuntime } from '../../test/support/scored-by-onnxruntime';
import type { Encoder } from '../encoder';
import { EncoderError } from '../encoder/encoder-error';
import { fitReward, type FittedReward } from './fit-reward';
import { headParameters, sizeOf, type HeadShape } from './head';
import { openReward } from './open-reward';
import { RewardError } from './reward-error';
import type { RewardManifest } from './reward-manifest';
import type { GainItem, RewardModel } from './reward-model';

jest.setTimeout(60_000);

describe('openReward', () => {
  const planted = dataOf(plantedTasks(40));
  const unseen = dataOf(plantedTasks(30, 'unseen'));
  let reward: FittedReward;
  let model: RewardModel;
  beforeAll(async () => {
    reward = fitted(await fitReward(options(planted)));
    model = await openReward(reward.artefact, reward.manifest, encoder);
  });
  afterAll(() => model.close());

  it('scores items one by one as together, in order', async () => {
    const items = planted.comparisons.slice(0, 5).map(({ inputs, candidate }) => ({ inputs, outputs: candidate }));
    const together = await model.score(items);
    expect(new Set(together).size).toBe(5);
    for (const [index, item] of items.entries()) {
      expect((await model.score([item]))[0]).toBeCloseTo(together[index] as number, 5);
    }
    expect(await model.score([])).toEqual([]);
  });

  it('keeps the order of more items than are encoded or scored in one call', async () => {
    const items = Array.from({ length: 300 }, (_, at) => ({ inputs: { topic: 't' }, outputs: { text: `word${at}` } }));
    const together = await model.score(items);
    expect(together).toHaveLength(300);
    for (const at of [0, 63, 64, 255, 256, 299]) {
      const [alone] = await model.score(items.slice(at, at + 1));
      expect(together[at]).toBeCloseTo(alone as number, 5);
    }
    expect(new Set(together).size).toBeGreaterThan(250);
  });

  describe('gains', () => {
    const items: readonly GainItem[] = unseen.comparisons;
    const differences = async (): Promise<number[]> => {
      const before = await model.score(items.map(({ inputs, incumbent }) => ({ inputs, outputs: incumbent })));
      const after = await model.score(items.map(({ inputs, candidate }) => ({ inputs, outputs: candidate })));
      return after.map((value, index) => value - (before[index] as number));
    };

    it('are what the calibration makes of the difference of rewards, and grow with it', async () => {
      const gains = await model.gains(items);
      const by = await differences();
      for (const [index, { gain }] of gains.entries()) {
        expect(gain).toBeCloseTo(calibratedGain(reward.manifest.calibration, by[index] as number), 4);
      }
      const order = [...by.keys()].sort((a, b) => (by[a] as number) - (by[b] as number));
      const ascending = order.map((index) => gains[index]?.gain as number);
      const steps = ascending.slice(1).map((gain, index) => gain - (ascending[index] as number));
      // `score` and `gains` sum single precision in another order.
      expect(Math.min(...steps)).toBeGreaterThanOrEqual(-1e-6);
      expect((ascending.at(-1) as number) - (ascending[0] as number)).toBeGreaterThan(0.2);
    });

    it('are gains of the metric: near the true ones on inputs that nobody saw', async () => {
      const gains = await model.gains(items);
      const error = unseen.comparisons.reduce((sum, { gap }, index) => sum + (gap - (gains[index]?.gain ?? 0)) ** 2, 0);
      const none = unseen.comparisons.reduce((sum, { gap }) => sum + gap ** 2, 0);
      expect(error).toBeLessThan(0.5 * none);
    });

    it('have the standard error that the members’ disagreement gives', async () => {
      const gains = await model.gains(items);
      const { features, calibration, members } = reward.manifest;
      const sides = items.flatMap(({ inputs, incumbent, candidate }) => [
        { inputs, outputs: incumbent },
        { inputs, outputs: candidate },
      ]);
      const rows = await featuresOf(features, encoder, sides);
      const { rewards } = await scoredByOnnxRuntime(reward.artefact, rows, sides.length);
      const of = (row: number, member: number): number => rewards[row * members.length + member] as number;
      for (const [index, { standardError }] of gains.entries()) {
        const each = members.map((_, member) =>
          calibratedGain(calibration, of(2 * index + 1, member) - of(2 * index, member)),
        );
        const mean = each.reduce((sum, gain) => sum + gain, 0) / each.length;
        const squares = each.reduce((sum, gain) => sum + (gain - mean) ** 2, 0);
        expect(standardError).toBeCloseTo(Math.sqrt(squares / (each.length - 1) / each.length), 5);
      }
      expect(gains.filter(({ standardError }) => standardError > 0).length).toBeGreaterThan(items.length / 2);
      // On what each of them was trained on or not, alike: as large as gains are where a reward knows nothing.
      const mean = gains.reduce((sum, { standardError }) => sum + standardError, 0) / gains.length;
      expect(mean).toBeLessThan(reward.manifest.calibration.error);
    });

    it('have no standard error from one member, which has nobody to disagree with', async () => {
      const { scoringGraph } = await builtModule<typeof import('./scoring-graph')>('providers/reward/scoring-graph');
      const { loadOnnxProtobuf } = await builtModule<typeof import('./onnx-graph')>('providers/reward/onnx-graph');
      const { features, members } = reward.manifest;
      const stream = randomStream(1, 'one-member');
      const head: HeadShape = { kind: 'linear', hidden: 0 };
      const numbers = headParameters(head, features.dimension).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
      const artefact = scoringGraph(await loadOnnxProtobuf(), [
        {
          head,
          parameters: Float32Array.from({ length: numbers }, () => stream.normal()),
          standardisation: {
            mean: new Float32Array(features.dimension),
            scale: new Float32Array(features.dimension).fill(1),
          },
        },
      ]);
      const manifest = { ...reward.manifest, members: members.slice(0, 1), artefactHash: sha256(artefact) };
      const alone = await openReward(artefact, manifest, encoder);
      const gains = await alone.gains(items);
      await alone.close();
      expect(gains.map(({ standardError }) => standardError)).toEqual(items.map(() => 0));
      expect(new Set(gains.map(({ gain }) => gain)).size).toBeGreaterThan(1);
    });

    it('are 0 for equal outputs, whatever the order of their fields', async () => {
      const output = { text: 'x', note: 'y' };
      const same = { inputs: { topic: 't' }, incumbent: output, candidate: { note: 'y', text: 'x' } };
      // Even where the calibration gives no change a gain.
      const knots: [number, number][] = [[0, 0.3]];
      const manifest = { ...reward.manifest, calibration: { ...reward.manifest.calibration, knots } };
      const shifted = await openReward(reward.artefact, manifest, encoder);
      const other = { ...same, candidate: { text: 'z', note: 'y' } };
      expect(await shifted.gains([same, other])).toEqual([
        { gain: 0, standardError: 0 },
        { gain: 0.3, standardError: 0 },
      ]);
      expect(await shifted.gains([])).toEqual([]);
      await shifted.close();
    });
  });

  it('refuses a damaged artefact, and one that is no model though the hash is right', async () => {
    const { artefact, manifest } = reward;
    const damaged = Uint8Array.from(artefact);
    damaged[100] = (damaged[100] as number) ^ 0xff;
    for (const bytes of [damaged, artefact.subarray(0, artefact.length - 1), new Uint8Array(0)]) {
      await expect(openReward(bytes, manifest, encoder)).rejects.toThrow(RewardError);
      await expect(openReward(bytes, manifest, encoder)).rejects.toThrow(/is damaged/);
    }
    const noModel = new TextEncoder().encode('no model');
    await expect(openReward(noModel, { ...manifest, artefactHash: sha256(noModel) }, encoder)).rejects.toThrow(
      /not an ONNX model/,
    );
  });

  it.each([NaN, Infinity, -Infinity])(
    'says so when the encoder gives %p: no such number becomes a reward',
    async (value) => {
      const broken: Encoder = {
        identity: encoder.identity,
        dimension: encoder.dimension,
        encode: async (texts) => texts.map(() => new Float32Array(encoder.dimension).fill(value)),
      };
      const opened = await openReward(reward.artefact, reward.manifest, broken);
      const item = { inputs: { topic: 't' }, outputs: { text: 'x' } };
      await expect(opened.score([item])).rejects.toThrow(EncoderError);
      await expect(
        opened.gains([{ inputs: item.inputs, incumbent: item.outputs, candidate: { text: 'y' } }]),
      ).rejects.toThrow(/the vector of .* not finite/);
      await opened.close();
    },
  );

  it('may open later what the machine has too little memory for', async () => {
    const create = jest.spyOn(InferenceSession, 'create').mockRejectedValueOnce(new Error('std::bad_alloc'));
    try {
      await expect(openReward(reward.artefact, reward.manifest, encoder)).rejects.toThrow(InfrastructureError);
    } finally {
      create.mockRestore();
    }
    await (await openReward(reward.artefact, reward.manifest, encoder)).close();
  });

  it('refuses another encoder and a manifest of another shape or version', async () => {
    const { artefact, manifest } = reward;
    await expect(openReward(artefact, manifest, new FoldedEncoder(32))).rejects.toThrow(
      /use the same encoder or fit the reward anew/,
    );
    for (const [field, value] of [
      ['features', undefined],
      ['schemaVersion', 1],
      ['members', []],
      ['calibration', { ...manifest.calibration, knots: [] }],
    ] as const) {
      const wrong = { ...manifest, [field]: value } as RewardManifest;
      await expect(openReward(artefact, wrong, encoder)).rejects.toThrow(RewardError);
      await expect(openReward(artefact, wrong, encoder)).rejects.toThrow(new RegExp(`reward manifest: ${field}`));
    }
  });

  it('survives being stored as JSON', async () => {
    const stored = JSON.parse(JSON.stringify(reward.manifest)) as RewardManifest;
    expect(stored).toEqual(reward.manifest);
    await (await openReward(reward.artefact, stored, encoder)).close();
  });

  it('ends when it is aborted', async () => {
    const items = planted.pairs.map(({ inputs, preferred }) => ({ inputs, outputs: preferred }));
    await expect(model.score(items, AbortSignal.abort(new Error('paused')))).rejects.toThrow('paused');
  });
});
