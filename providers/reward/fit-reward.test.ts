import { randomStream, type RandomStream } from '../../core/random/stream';
import type { JsonObject } from '../../core/system/json';
import {
  candidatesOf,
  dataOf,
  encoder,
  fitted,
  noiseTasks,
  options,
  plantedTasks,
  rewardData,
  type Task,
} from '../../test/support/planted-reward-data';
import type { Encoder } from '../encoder/encoder';
import { fitReward, type FitRewardResult } from './fit-reward';
import { openReward } from './open-reward';
import type { RewardData } from './train-reward';

async function alignmentOn(result: FitRewardResult, { pairs }: RewardData): Promise<number> {
  const { artefact, manifest } = fitted(result);
  const model = await openReward(artefact, manifest, encoder);
  const preferred = await model.score(pairs.map(({ inputs, preferred: outputs }) => ({ inputs, outputs })));
  const rejected = await model.score(pairs.map(({ inputs, rejected: outputs }) => ({ inputs, outputs })));
  await model.close();
  return pairs.filter((_, index) => (preferred[index] as number) > (rejected[index] as number)).length / pairs.length;
}

// Each fit takes a second or two of one core, which other test files share.
jest.setTimeout(60_000);

describe('fitReward', () => {
  const planted = dataOf(plantedTasks(60));
  const inputs = new Set(planted.pairs.map((pair) => pair.exampleId)).size;
  const unseen = dataOf(plantedTasks(40, 'unseen'));
  let result: FitRewardResult;
  beforeAll(async () => {
    result = await fitReward(options(planted));
  });

  it('learns a planted signal that holds on unseen inputs, and says so', async () => {
    const { alignment, trusted, manifest, artefact, operations } = fitted(result);
    expect(await alignmentOn(result, unseen)).toBeGreaterThanOrEqual(0.9);
    expect(alignment?.value).toBeGreaterThanOrEqual(0.85);
    expect(alignment).toMatchObject({ pairs: planted.pairs.length, inputs });
    expect(trusted).toBe(true);
    expect(manifest).toMatchObject({ schemaVersion: 2, fittedInputs: inputs });
    expect(manifest.members).toHaveLength(5);
    expect(manifest.heldOutLoss).toBeLessThan(Math.LN2);
    expect(artefact.length).toBeLessThan(2_000_000);
    expect(operations).toBeGreaterThan(0);
  });

  it('calibrates gains in the units of the metric on every comparison with the incumbent, zero gaps too', async () => {
    const { calibration } = fitted(result).manifest;
    const zeros = planted.comparisons.filter(({ gap }) => gap === 0);
    expect(zeros.length).toBeGreaterThan(0);
    expect(calibration).toMatchObject({ comparisons: planted.comparisons.length, inputs: 60 });
    const [lowest, highest] = [calibration.knots[0], calibration.knots.at(-1)] as [number, number][];
    expect(lowest?.[1]).toBeLessThan(-0.1);
    expect(highest?.[1]).toBeGreaterThan(0.1);
    const squares = planted.comparisons.reduce((sum, { gap }) => sum + gap ** 2, 0);
    expect(calibration.error).toBeLessThan(0.8 * Math.sqrt(squares / planted.comparisons.length));
  });

  it('gives the same artefact and state bit for bit, and another for other data', async () => {
    const [again, first] = [fitted(await fitReward(options(planted))), fitted(result)];
    expect(Buffer.from(again.artefact).equals(Buffer.from(first.artefact))).toBe(true);
    expect(Buffer.from(again.state).equals(Buffer.from(first.state))).toBe(true);
    expect(again.manifest).toEqual(first.manifest);
    const other = fitted(await fitReward(options({ ...planted, pairs: planted.pairs.slice(6) })));
    expect(other.manifest.version).not.toBe(again.manifest.version);
  });

  it('does not trust a reward for noise, nor expects much of it', async () => {
    const { trusted, alignment, manifest } = fitted(await fitReward(options(dataOf(noiseTasks(40)))));
    expect(trusted).toBe(false);
    expect(alignment?.ci95[0]).toBeLessThan(0.5);
    expect(alignment?.value).toBeLessThan(0.6);
    // Gaps of noise reach 1; no reward difference may stand for half of that.
    for (const [, gain] of manifest.calibration.knots) expect(Math.abs(gain)).toBeLessThan(0.5);
  });

  it('learns from pairs with the ground truth, but is not judged by them', async () => {
    const data = dataOf(plantedTasks(30));
    const gold = data.pairs.map((pair) => ({ ...pair, groundTruth: true }));
    const outcome = fitted(await fitReward(options({ ...data, pairs: gold })));
    expect(outcome).toMatchObject({ trusted: false, alignment: null, reason: expect.stringContaining('ground truth') });
    expect(await alignmentOn(outcome, unseen)).toBeGreaterThanOrEqual(0.8);
  });

  it('learns from stale pairs, but is neither judged nor calibrated by them', async () => {
    const stale = rewardData(candidatesOf(plantedTasks(30), { stale: true }));
    const outcome = fitted(await fitReward(options(stale)));
    expect(outcome).toMatchObject({ trusted: false, alignment: null, reason: expect.stringContaining('stale') });
    expect(outcome.manifest.calibration).toMatchObject({ method: 'none', knots: [[0, 0]] });
    expect(await alignmentOn(outcome, unseen)).toBeGreaterThanOrEqual(0.8);
  });

  it('never judges a pair by a member that saw its input, nor calibrates by one', async () => {
    // Each input has words of its own, worth something at random: only a leak could know which.
    const tasks = Array.from({ length: 40 }, (_, index): Task => {
      const stream = randomStream(9, 'own-words', index);
      const own = Array.from({ length: 4 }, () =>
        Array.from({ length: 7 }, () => stream.choice([...'abcdefghijklmnop'])).join(''),
      );
      const good = new Set(stream.sample(own, 2));
      const outputs = own.flatMap((one, a) => own.slice(a + 1).map((other) => ({ text: `${one} ${other}` })));
      return {
        id: `own-${index}`,
        outputs: stream.shuffle(outputs),
        score: ({ text }) =>
          String(text)
            .split(' ')
            .filter((word) => good.has(word)).length / 2,
      };
    });
    const data = dataOf(tasks);
    const { alignment, manifest } = fitted(await fitReward(options(data)));
    expect(Math.abs((alignment?.value ?? 0) - 0.5)).toBeLessThan(0.12);
    const squares = data.comparisons.reduce((sum, { gap }) => sum + gap ** 2, 0);
    expect(manifest.calibration.error).toBeGreaterThan(0.9 * Math.sqrt(squares / data.comparisons.length));
  });

  it('fits two inputs without claiming anything', async () => {
    const two = fitted(await fitReward(options(dataOf(plantedTasks(2)))));
    expect(two.trusted).toBe(false);
    expect(two.manifest.members).toHaveLength(2);
  });

  it('takes inputs whose outputs all scored alike for the calibration alone', async () => {
    const flat = plantedTasks(20, 'flat').map((task) => ({ ...task, score: () => 0.5 }));
    const data = dataOf([...plantedTasks(20), ...flat]);
    const { manifest } = fitted(await fitReward(options(data)));
    expect(manifest.calibration.inputs).toBe(40);
    expect(manifest.fittedInputs).toBeLessThanOrEqual(20);
    expect(manifest.alignment?.inputs).toBeLessThanOrEqual(20);
  });
});

describe('fitReward on odd data', () => {
  it('reports the absence of a preference signal: no candidates, all equal, all tie, one input', async () => {
    const tied = plantedTasks(5, 'tied').map((task) => ({ ...task, score: () => 0.5 }));
    const equal = plantedTasks(5, 'equal').map(({ id }) => ({
      id,
      outputs: [{ text: 'x' }, { text: 'x' }],
      score: (_: JsonObject, stream: RandomStream) => stream.uniform(),
    }));
    for (const [tasks, why] of [
      [[], 'no two candidate outputs'],
      [equal, 'no two candidate outputs'],
      [tied, 'no two candidate outputs'],
      [plantedTasks(1), "one input ('train-0')"],
    ] as const) {
      expect(await fitReward(options(dataOf(tasks)))).toEqual({
        status: 'no-preference-signal',
        reason: expect.stringMatching(/^component 'writer': /),
      });
      expect(await fitReward(options(dataOf(tasks)))).toMatchObject({ reason: expect.stringContaining(why) });
    }
  });

  it.each([NaN, Infinity, -Infinity])('never sees the score %p: making the pairs names its candidate', (score) => {
    const tasks = plantedTasks(3).map((task, index) => (index === 1 ? { ...task, score: () => score } : task));
    expect(() => dataOf(tasks)).toThrow(/component 'writer' on example 'train-1' .* has the score/);
  });

  it.each([NaN, Infinity, 0, -1])('refuses a pair of weight %p and names its example', async (weight) => {
    const { pairs, comparisons } = dataOf(plantedTasks(4));
    const bad = pairs.map((pair, index) => (index === 2 ? { ...pair, weight } : pair));
    await expect(fitReward(options({ pairs: bad, comparisons }))).rejects.toThrow(
      new RegExp(`example '${bad[2]?.exampleId}' has the weight`),
    );
  });

  it.each([NaN, Infinity])('refuses a comparison of gap %p and names its example', async (gap) => {
    const { pairs, comparisons } = dataOf(plantedTasks(4));
    const bad = comparisons.map((comparison, index) => (index === 2 ? { ...comparison, gap } : comparison));
    await expect(fitReward(options({ pairs, comparisons: bad }))).rejects.toThrow(
      new RegExp(`'${bad[2]?.exampleId}' .* the gap ${gap}`),
    );
  });

  it('copes with emoji, other scripts and fields of 100,000 characters', async () => {
    const odd = ['👩‍🚀🚀🌍', '東京は日本の首都です', 'กรุงเทพมหานคร', 'слово '.repeat(17_000), '\ud800', ''];
    const tasks = plantedTasks(6, 'odd').map((task) => ({
      ...task,
      outputs: odd.map((text) => ({ text })),
      score: ({ text }: JsonObject) => 1 / (1 + String(text).length),
    }));
    const { artefact, manifest } = fitted(await fitReward(options(dataOf(tasks))));
    expect(manifest.alignment?.value).toBeGreaterThan(0.8);
    const model = await openReward(artefact, manifest, encoder);
    const rewards = await model.score(odd.map((text) => ({ inputs: { topic: '🚀' }, outputs: { text } })));
    expect(rewards.every(Number.isFinite)).toBe(true);
    const long = {
      inputs: { topic: 'x'.repeat(100_000) },
      incumbent: { text: '' },
      candidate: { text: odd[0] as string },
    };
    const [gain] = await model.gains([long]);
    expect(Number.isFinite(gain?.gain)).toBe(true);
    await model.close();
  });

  it('says so when an encoder gives numbers that are none', async () => {
    const broken: Encoder = {
      identity: 'broken',
      dimension: 8,
      encode: async (texts) => texts.map(() => new Float32Array(8).fill(NaN)),
    };
    await expect(fitReward(options(dataOf(plantedTasks(4)), { encoder: broken }))).rejects.toThrow(
      /encoder 'broken': the vector of .* not finite/,
    );
  });
});

describe('fitReward in its thread', () => {
  const planted = dataOf(plantedTasks(60));

  it('reports progress, and ends at once when aborted', async () => {
    const controller = new AbortController();
    const phases: string[] = [];
    const fitting = fitReward(
      options(planted, {
        signal: controller.signal,
        onProgress: ({ phase, done }) => {
          phases.push(phase);
          expect(done).toBeGreaterThan(0);
          expect(done).toBeLessThanOrEqual(1);
          if (phase === 'training') controller.abort(new Error('paused'));
        },
      }),
    );
    await expect(fitting).rejects.toThrow('paused');
    expect(phases).toContain('encoding');
    expect(phases.filter((phase) => phase === 'training')).toHaveLength(1);
  });

  it('leaves the process alive wherever in the training it is aborted', async () => {
    for (let tries = 0; tries < 12; tries++) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(new Error('paused')), 60 + 17 * tries);
      await expect(fitReward(options(planted, { signal: controller.signal }))).rejects.toThrow('paused');
    }
  }, 30_000);
});
