import type { Candidate } from '../../core/preference/candidate';
import type { RandomStream } from '../../core/random/stream';
import { sha256 } from '../../core/system/canonical-json';
import {
  candidatesOf,
  encoder,
  fitted,
  FoldedEncoder,
  noiseTasks,
  options,
  plantedTasks,
  rewardData,
  sharingInputs,
} from '../../test/support/planted-reward-data';
import { adaptReward, type AdaptRewardOptions, type AdaptRewardResult } from './adapt-reward';
import { fitReward, type FittedReward } from './fit-reward';
import { openReward } from './open-reward';
import { RewardError } from './reward-error';
import { decodeRewardState } from './reward-state';
import type { RewardData } from './train-reward';

const before = candidatesOf(plantedTasks(40));
/** What comes next has turned everything round. */
const fresh = (tasks = plantedTasks(30, 'fresh', -1)): Candidate[] =>
  candidatesOf(tasks, { iteration: 1, configurationHash: 'd' });
const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.from(a).equals(Buffer.from(b));

jest.setTimeout(60_000);

describe('adaptReward', () => {
  let first: FittedReward;
  beforeAll(async () => {
    first = fitted(await fitReward(options(rewardData(before))));
  });

  function adaptation(data: RewardData, more: Partial<AdaptRewardOptions> = {}): AdaptRewardOptions {
    return { ...options(data), previous: first, isFresh: ({ iteration }) => iteration === 1, ...more };
  }

  async function orderedShare({ artefact, manifest }: FittedReward, { pairs }: RewardData): Promise<number> {
    const model = await openReward(artefact, manifest, encoder);
    const gains = await model.gains(
      pairs.map(({ inputs, preferred, rejected }) => ({ inputs, incumbent: rejected, candidate: preferred })),
    );
    const scores = await model.score(
      pairs.flatMap(({ inputs, preferred, rejected }) => [
        { inputs, outputs: preferred },
        { inputs, outputs: rejected },
      ]),
    );
    await model.close();
    expect(gains).toHaveLength(pairs.length);
    return (
      pairs.filter((_, index) => (scores[2 * index] as number) > (scores[2 * index + 1] as number)).length /
      pairs.length
    );
  }

  describe('to another order', () => {
    const data = rewardData([...before, ...fresh()]);
    const unseen = rewardData(candidatesOf(plantedTasks(30, 'unseen', -1)));
    let result: AdaptRewardResult;
    beforeAll(async () => {
      result = await adaptReward(adaptation(data));
    });

    it('moves towards it, and it holds on inputs that nobody saw', async () => {
      expect(result.status).toBe('adapted');
      expect(result.batches).toBeGreaterThan(0);
      expect(result.freshLoss.after).toBeLessThan(result.freshLoss.before);
      const gained = (await orderedShare(result.reward, unseen)) - (await orderedShare(first, unseen));
      expect(gained).toBeGreaterThan(0.1);
    });

    it('shows the drift that fresh pairs told before they were learned from, and less of it after', () => {
      const { freshAlignment, drift, driftAfter } = result;
      expect(freshAlignment?.value).toBeLessThan(0.3);
      expect(freshAlignment?.pairs).toBe(data.pairs.filter(({ iteration }) => iteration === 1).length);
      expect(drift).toMatchObject({ expected: first.alignment?.value, fresh: freshAlignment?.value, alarm: true });
      expect(driftAfter?.z).toBeLessThan(drift?.z as number);
    });

    it('is a reward like any other: opened, judged, with a state to go on from', async () => {
      const { manifest, artefact, state } = result.reward;
      expect(manifest).toMatchObject({
        artefactHash: sha256(artefact),
        stateHash: sha256(state),
        fittedInputs: first.manifest.fittedInputs,
      });
      expect(manifest.version).not.toBe(first.manifest.version);
      const [was, is] = [first.state, state].map((bytes) => decodeRewardState('reward', bytes));
      // Members keep what they have not seen, so that they are still out of sample there.
      expect(is?.folds).toMatchObject(was?.folds ?? {});
      expect(Object.keys(is?.folds ?? {})).toHaveLength(70);
      for (const [index, { steps }] of (is?.members ?? []).entries()) {
        expect(steps - (was?.members[index]?.steps as number)).toBe(4 * result.batches);
      }
      const again = await adaptReward(adaptation(data, { previous: result.reward }));
      expect(again.reward.manifest.members[0]?.steps).toBe((is?.members[0]?.steps as number) + 4 * again.batches);
    });

    it('gives the same bytes for the same options', async () => {
      const again = await adaptReward(adaptation(data));
      expect(equalBytes(again.reward.artefact, result.reward.artefact)).toBe(true);
      expect(equalBytes(again.reward.state, result.reward.state)).toBe(true);
      expect(again).toEqual(result);
    });
  });

  it('rolls back what noise taught, to the byte', async () => {
    const result = await adaptReward(adaptation(rewardData([...before, ...fresh(noiseTasks(30))])));
    expect(result).toMatchObject({ status: 'rolled-back', batches: 0, rehearsed: false });
    expect(result.freshLoss.after).toBe(result.freshLoss.before);
    expect(equalBytes(result.reward.artefact, first.artefact)).toBe(true);
    const members = (bytes: Uint8Array) => decodeRewardState('reward', bytes).members;
    expect(members(result.reward.state)).toEqual(members(first.state));
    // Judged anew: what it says of the noise lowers its alignment.
    expect(result.reward.alignment?.value).toBeLessThan(first.alignment?.value as number);
  });

  it('learns no more where nothing changed, and raises no alarm', async () => {
    const { drift, freshLoss } = await adaptReward(
      adaptation(rewardData([...before, ...fresh(plantedTasks(30, 'fresh'))])),
    );
    expect(drift?.alarm).toBe(false);
    expect(freshLoss.after).toBeLessThanOrEqual(freshLoss.before);
  });

  it('judges by fresh pairs alone that are neither stale nor with the ground truth', async () => {
    const stale = fresh().map((candidate): Candidate => ({ ...candidate, stale: true }));
    const data = rewardData([...before, ...fresh()]);
    const isOld = new Set(before.map(({ exampleId }) => exampleId));
    const gold = {
      ...data,
      pairs: data.pairs.map((pair) => ({ ...pair, groundTruth: !isOld.has(pair.exampleId) })),
    };
    for (const given of [rewardData([...before, ...stale]), gold, rewardData(before)]) {
      expect(await adaptReward(adaptation(given))).toMatchObject({
        status: 'rolled-back',
        freshAlignment: null,
        drift: null,
        freshLoss: { before: Math.LN2, after: Math.LN2 },
      });
    }
  });

  it.each<[string, () => Candidate[]]>([
    ['one input', () => fresh(plantedTasks(1, 'fresh', -1))],
    [
      'equal outputs',
      () =>
        fresh(
          plantedTasks(3, 'fresh').map((task) => ({
            ...task,
            outputs: [{ text: 'x' }, { text: 'x' }],
            score: (_: unknown, stream: RandomStream) => stream.uniform(),
          })),
        ),
    ],
    ['equal scores', () => fresh(plantedTasks(3, 'fresh').map((task) => ({ ...task, score: () => 0.5 })))],
  ])('keeps the reward where fresh candidates tell too little: %s', async (_, candidates) => {
    const { status, reward } = await adaptReward(adaptation(rewardData([...before, ...candidates()])));
    expect(status).toBe('rolled-back');
    expect(equalBytes(reward.artefact, first.artefact)).toBe(true);
    expect(Number.isFinite(reward.manifest.heldOutLoss)).toBe(true);
  });

  it('copes with emoji, other scripts and fields of 100,000 characters in fresh pairs', async () => {
    const odd = ['👩‍🚀🚀🌍', '東京は日本の首都です', 'กรุงเทพมหานคร', 'слово '.repeat(17_000), '\ud800', ''];
    const tasks = plantedTasks(8, 'odd').map((task) => ({
      ...task,
      outputs: odd.map((text) => ({ text })),
      score: ({ text }: Candidate['outputs']) => 1 / (1 + String(text).length),
    }));
    const data = rewardData([...before, ...fresh(tasks)]);
    const { status, reward } = await adaptReward(adaptation(data));
    expect(status).toBe('adapted');
    const own = { ...data, pairs: data.pairs.filter(({ iteration }) => iteration === 1) };
    expect(await orderedShare(reward, own)).toBeGreaterThan(await orderedShare(first, own));
  });

  it('refuses another encoder, other fields, damaged bytes and bad pairs', async () => {
    const data = rewardData([...before, ...fresh()]);
    const { artefact, manifest, state } = first;
    const damaged = (bytes: Uint8Array): Uint8Array => {
      const copy = Uint8Array.from(bytes);
      // Within a member's numbers: still JSON, still base64.
      const at = Math.floor(bytes.length / 2);
      copy[at] = copy[at] === 65 ? 66 : 65;
      return copy;
    };
    for (const [more, message] of [
      [{ encoder: new FoldedEncoder(32) }, /use the same encoder or fit the reward anew/],
      [{ outputFields: ['text', 'note'] }, /fields topic -> text, but the component now has topic -> text, note/],
      [{ previous: { artefact, manifest, state: damaged(state) } }, /the training state \(\d+ bytes\) is damaged/],
      [{ previous: { artefact: damaged(artefact), manifest, state } }, /the artefact \(\d+ bytes\) is damaged/],
    ] as const) {
      await expect(adaptReward(adaptation(data, more))).rejects.toThrow(RewardError);
      await expect(adaptReward(adaptation(data, more))).rejects.toThrow(message);
    }
    const bad = { ...data, pairs: data.pairs.map((pair) => ({ ...pair, weight: NaN })) };
    await expect(adaptReward(adaptation(bad))).rejects.toThrow(TypeError);
  });

  it('tells when examples of different folds share inputs now, and not when those of one do', async () => {
    const { folds } = decodeRewardState('reward', first.state);
    const [one, ...others] = Object.keys(folds) as [string, ...string[]];
    const fold = folds[one];
    const apart = others.find((id) => folds[id] !== fold) as string;
    const together = others.find((id) => folds[id] === fold) as string;
    for (const [id, meet] of [
      [apart, true],
      [together, false],
    ] as const) {
      const result = await adaptReward(adaptation(rewardData([...sharingInputs(before, one, id), ...fresh()])));
      expect(result.foldsMeet).toBe(meet);
      expect(result.freshAlignment === null && result.drift === null && result.status === 'rolled-back').toBe(meet);
    }
  });

  it('judges without learning where it is not to be updated', async () => {
    const data = rewardData([...before, ...fresh()]);
    const judged = await adaptReward(adaptation(data, { update: false }));
    const learned = await adaptReward(adaptation(data));
    expect(judged).toMatchObject({
      status: 'rolled-back',
      freshAlignment: learned.freshAlignment,
      drift: learned.drift,
    });
    expect(judged.driftAfter).toEqual(judged.drift);
    expect(equalBytes(judged.reward.artefact, first.artefact)).toBe(true);
    expect(judged.reward.operations).toBe(0);
  });

  it('ends when it is aborted', async () => {
    const data = rewardData([...before, ...fresh()]);
    const controller = new AbortController();
    const onProgress = ({ phase }: { phase: string }): void => {
      if (phase === 'training') controller.abort(new Error('paused'));
    };
    await expect(adaptReward(adaptation(data, { signal: controller.signal, onProgress }))).rejects.toThrow('paused');
  });
});
