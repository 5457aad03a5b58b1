import type { PreferencePair } from '../../core/preference/preference-pair';
import { preferencePairs } from '../../core/preference/preference-pairs';
import { randomStream, type RandomStream } from '../../core/random/stream';
import type { JsonObject } from '../../core/system/json';
import type { Encoder } from '../encoder/encoder';
import { HashedNgramEncoder } from '../encoder/hashed-ngram-encoder';
import { fitReward, type FitRewardOptions, type FitRewardResult } from './fit-reward';
import { openReward } from './open-reward';
import type { RewardManifest } from './reward-manifest';

/** Hashed n-grams folded to fewer numbers: quick to train on. */
class FoldedEncoder implements Encoder {
  readonly identity: string;
  readonly #inner = new HashedNgramEncoder();
  constructor(readonly dimension = 96) {
    this.identity = `folded-${dimension}`;
  }
  async encode(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> {
    return (await this.#inner.encode(texts, signal)).map((vector) => {
      const folded = new Float32Array(this.dimension);
      vector.forEach((value, k) => (folded[k % this.dimension] = (folded[k % this.dimension] as number) + value));
      return folded;
    });
  }
}

const encoder = new FoldedEncoder();
const vocabulary = Array.from(
  { length: 24 },
  (_, index) => `${'bcdfghjklmnp'[index % 12]}${'aeiou'[index % 5]}${'rstvwz'[index % 6]}o${index % 7}`,
);

interface Task {
  id: string;
  outputs: JsonObject[];
  score: (output: JsonObject, stream: RandomStream) => number;
}

function pairsOf(tasks: Task[], seed = 1): PreferencePair[] {
  const stream = randomStream(seed, 'scores');
  return preferencePairs(
    tasks.flatMap((task) =>
      task.outputs.map((outputs) => ({
        component: 'writer',
        exampleId: task.id,
        inputs: { topic: `topic ${task.id}` },
        outputs,
        origin: 'sampled' as const,
        configurationHash: 'c',
        scores: [task.score(outputs, stream)],
      })),
    ),
  );
}

/** Outputs of five words; each word of the vocabulary is worth the same everywhere. */
function plantedTasks(count: number, prefix = 'train'): Task[] {
  const worth = vocabulary.map((_, index) => (index % 3) - 1);
  return Array.from({ length: count }, (_, index) => {
    const stream = randomStream(7, prefix, index);
    return {
      id: `${prefix}-${index}`,
      outputs: Array.from({ length: 4 }, () => ({ text: stream.sample(vocabulary, 5).join(' ') })),
      score: ({ text }) =>
        0.5 +
        String(text)
          .split(' ')
          .reduce((sum, word) => sum + (worth[vocabulary.indexOf(word)] as number), 0) /
          12,
    };
  });
}

function options(pairs: PreferencePair[], more: Partial<FitRewardOptions> = {}): FitRewardOptions {
  return { component: 'writer', inputFields: ['topic'], outputFields: ['text'], pairs, encoder, seed: 3, ...more };
}

function fitted(result: FitRewardResult): Extract<FitRewardResult, { status: 'fitted' }> {
  if (result.status !== 'fitted') throw new Error(result.reason);
  return result;
}

async function alignmentOn(result: FitRewardResult, pairs: PreferencePair[]): Promise<number> {
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
  const planted = pairsOf(plantedTasks(60));
  let result: FitRewardResult;
  beforeAll(async () => {
    result = await fitReward(options(planted));
  });

  it('learns a planted signal that holds on unseen inputs, and says so', async () => {
    const { alignment, trusted, manifest, artefact } = fitted(result);
    expect(await alignmentOn(result, pairsOf(plantedTasks(40, 'unseen')))).toBeGreaterThanOrEqual(0.9);
    expect(alignment?.value).toBeGreaterThanOrEqual(0.85);
    expect(alignment).toMatchObject({
      pairs: planted.length,
      inputs: new Set(planted.map((pair) => pair.exampleId)).size,
    });
    expect(trusted).toBe(true);
    expect(manifest.heldOutLoss).toBeLessThan(Math.LN2);
    expect(manifest.gainPerReward).toBeGreaterThan(0);
    expect(artefact.length).toBeLessThan(2_000_000);
  });

  it('gives the same artefact bit for bit, and another for other data', async () => {
    const again = fitted(await fitReward(options(planted)));
    expect(Buffer.from(again.artefact).equals(Buffer.from(fitted(result).artefact))).toBe(true);
    expect(again.manifest).toEqual(fitted(result).manifest);
    const other = fitted(await fitReward(options(planted.slice(6))));
    expect(other.manifest.version).not.toBe(again.manifest.version);
  });

  it('does not trust a reward for noise', async () => {
    const noise = pairsOf(
      plantedTasks(40, 'noise').map((task) => ({ ...task, score: (_, stream) => stream.uniform() })),
    );
    const { trusted, alignment } = fitted(await fitReward(options(noise)));
    expect(trusted).toBe(false);
    expect(alignment?.ci95[0]).toBeLessThan(0.5);
    expect(alignment?.value).toBeLessThan(0.6);
  });

  it('learns from pairs with the ground truth, but is not judged by them', async () => {
    const gold = planted.map((pair) => ({ ...pair, groundTruth: true }));
    const outcome = fitted(await fitReward(options(gold)));
    expect(outcome).toMatchObject({ trusted: false, alignment: null, reason: expect.stringContaining('ground truth') });
    expect(await alignmentOn(outcome, pairsOf(plantedTasks(40, 'unseen')))).toBeGreaterThanOrEqual(0.9);
  });

  it('never judges a pair by a head that saw its input', async () => {
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
        outputs,
        score: ({ text }) =>
          String(text)
            .split(' ')
            .filter((word) => good.has(word)).length / 2,
      };
    });
    const { alignment } = fitted(await fitReward(options(pairsOf(tasks))));
    expect(Math.abs((alignment?.value ?? 0) - 0.5)).toBeLessThan(0.12);
  });

  it('reports the absence of a preference signal: no pairs, all tie, one input', async () => {
    const tied = pairsOf(plantedTasks(5, 'tied').map((task) => ({ ...task, score: () => 0.5 })));
    for (const pairs of [[], tied, pairsOf(plantedTasks(1))]) {
      const outcome = await fitReward(options(pairs));
      expect(outcome).toMatchObject({
        status: 'no-preference-signal',
        reason: expect.stringContaining("component 'writer'"),
      });
    }
  });

  it('fits two inputs without claiming anything', async () => {
    expect(fitted(await fitReward(options(pairsOf(plantedTasks(2))))).trusted).toBe(false);
  });

  it('copes with emoji, other scripts and fields of 100,000 characters', async () => {
    const odd = ['👩‍🚀🚀🌍', '東京は日本の首都です', 'слово '.repeat(17_000), ''];
    const tasks = plantedTasks(6, 'odd').map((task) => ({
      ...task,
      outputs: odd.map((text) => ({ text })),
      score: ({ text }: JsonObject) => 1 / (1 + String(text).length),
    }));
    const { artefact, manifest } = fitted(await fitReward(options(pairsOf(tasks))));
    const model = await openReward(artefact, manifest, encoder);
    const rewards = await model.score(odd.map((text) => ({ inputs: { topic: '🚀' }, outputs: { text } })));
    expect(rewards.every(Number.isFinite)).toBe(true);
    await model.close();
  });

  it.each([NaN, Infinity, 0, -1])('refuses a pair of weight %p and names its example', async (weight) => {
    const [first, ...others] = planted as [PreferencePair, ...PreferencePair[]];
    await expect(fitReward(options([{ ...first, weight }, ...others]))).rejects.toThrow(
      new RegExp(`example '${first.exampleId}' has the weight`),
    );
  });

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

  describe('openReward', () => {
    it('scores items one by one as together, in order', async () => {
      const { artefact, manifest } = fitted(result);
      const model = await openReward(artefact, manifest, encoder);
      const items = planted.slice(0, 5).map(({ inputs, preferred }) => ({ inputs, outputs: preferred }));
      const together = await model.score(items);
      for (const [index, item] of items.entries()) {
        expect((await model.score([item]))[0]).toBeCloseTo(together[index] as number, 5);
      }
      expect(await model.score([])).toEqual([]);
      await model.close();
    });

    it('opens what was fitted before manifests had the confidence of the alignment', async () => {
      const { artefact, manifest } = fitted(result);
      const alignment = { ...manifest.alignment, aboveChance: undefined } as RewardManifest['alignment'];
      await expect(openReward(artefact, { ...manifest, alignment }, encoder)).resolves.toMatchObject({
        close: expect.any(Function),
      });
    });

    it('refuses a damaged artefact, another encoder and a manifest of another shape', async () => {
      const { artefact, manifest } = fitted(result);
      const damaged = Uint8Array.from(artefact);
      damaged[100] = (damaged[100] as number) ^ 0xff;
      await expect(openReward(damaged, manifest, encoder)).rejects.toThrow(/is damaged/);
      await expect(openReward(artefact, manifest, new FoldedEncoder(32))).rejects.toThrow(
        /use the same encoder or fit the reward anew/,
      );
      const wrong = { ...manifest, features: undefined } as never;
      await expect(openReward(artefact, wrong, encoder)).rejects.toThrow(/reward manifest: features/);
    });
  });
});
