import { comparisonsWithIncumbent } from '../../core/preference/comparison';
import { preferencePairs } from '../../core/preference/preference-pairs';
import { driftCandidates, drifts, type Surroundings, type ValuedCandidate } from '../../systems/synthetic';
import { fitted, FoldedEncoder } from '../../test/support/planted-reward-data';
import { adaptReward, type AdaptRewardResult } from './adapt-reward';
import { fitReward, type FittedReward } from './fit-reward';
import { openReward } from './open-reward';
import type { RewardData, TrainingOptions } from './train-reward';

/** Fewer numbers than hashed n-grams have, for speed. */
const encoder = new FoldedEncoder();
const options = { component: 'writer', inputFields: ['request'], outputFields: ['text'], encoder, seed: 1 };

const dataOf = (candidates: readonly ValuedCandidate[]): RewardData => ({
  pairs: preferencePairs(candidates),
  comparisons: comparisonsWithIncumbent(candidates),
});

/** Data of several runs: how much a change shows in one of them is chance. */
const seeds = [3, 5, 6];

/** Of one iteration, with noise on each of two rollouts. */
function collected(surroundings: Surroundings, iteration: number, inputs: number, seed = seeds[0] as number) {
  return driftCandidates({
    seed,
    surroundings,
    iteration,
    split: 'train',
    inputs,
    candidates: 4,
    rollouts: 2,
    noise: 0.1,
  });
}

/** Share of the pairs of unseen inputs that a reward orders by their true values in these surroundings. */
async function trueAlignment({ artefact, manifest }: FittedReward, surroundings: Surroundings): Promise<number> {
  const model = await openReward(artefact, manifest, encoder);
  const candidates = driftCandidates({
    seed: 4,
    surroundings,
    iteration: 9,
    split: 'test',
    inputs: 60,
    candidates: 4,
    rollouts: 1,
    noise: 0,
  });
  const rewards = await model.score(candidates);
  await model.close();
  let [right, pairs] = [0, 0];
  for (const [a, one] of candidates.entries()) {
    for (const [b, other] of candidates.entries()) {
      if (one.exampleId !== other.exampleId || one.value <= other.value) continue;
      pairs++;
      if ((rewards[a] as number) > (rewards[b] as number)) right++;
    }
  }
  return right / pairs;
}

/** Another change at the same place, so large that a few fresh pairs are enough to tell. */
const strong: Record<keyof typeof drifts, Surroundings> = {
  downstream: {
    ...drifts.downstream.after,
    worth: { ...drifts.downstream.after.worth, exact: { wording: -0.2, grounding: 0.8 } },
  },
  upstream: { loose: 1, worth: { ...drifts.upstream.before.worth, loose: { wording: -0.7, grounding: 0.3 } } },
};

jest.setTimeout(120_000);

describe.each(['downstream', 'upstream'] as const)('a drift %s', (where) => {
  const { before, after } = drifts[where];
  const past = (seed?: number) => collected(before, 0, 36, seed);
  let first: FittedReward;
  beforeAll(async () => {
    first = fitted(await fitReward({ ...options, ...dataOf(past()) }));
  });

  function adapted(
    surroundings: Surroundings,
    inputs: number,
    { previous = first, seed }: { previous?: FittedReward; seed?: number } = {},
  ): Promise<AdaptRewardResult> {
    const training: RewardData & TrainingOptions = {
      ...options,
      ...dataOf([...past(seed), ...collected(surroundings, 1, inputs, seed)]),
    };
    return adaptReward({ ...training, previous, isFresh: ({ iteration }) => iteration === 1 });
  }

  it('makes rewards worse, and adapting beats not adapting on unseen inputs, by their true values', async () => {
    const aligned = { known: 0, unadapted: 0, adapted: 0 };
    for (const seed of seeds) {
      const previous = fitted(await fitReward({ ...options, ...dataOf(past(seed)) }));
      const { reward, status } = await adapted(after, 30, { previous, seed });
      expect(status).toBe('adapted');
      const unadapted = await trueAlignment(previous, after);
      const now = await trueAlignment(reward, after);
      expect(now).toBeGreaterThan(unadapted + 0.03);
      aligned.known += (await trueAlignment(previous, before)) / seeds.length;
      aligned.unadapted += unadapted / seeds.length;
      aligned.adapted += now / seeds.length;
    }
    expect(aligned.known).toBeGreaterThan(0.85);
    // An upstream change of a reward that knew both kinds of inputs a little costs little in some runs, not in the mean.
    expect(aligned.unadapted).toBeLessThan(aligned.known - 0.03);
    expect(aligned.adapted).toBeGreaterThan(aligned.unadapted + 0.06);
  });

  it('raises the alarm where it is strong, and none after the adaptation', async () => {
    const { drift, driftAfter, status, reward } = await adapted(strong[where], 30);
    expect(drift?.alarm).toBe(true);
    expect(status).toBe('adapted');
    expect(driftAfter?.alarm).toBe(false);
    expect(driftAfter?.z).toBeLessThan((drift?.z as number) - 1);
    expect(await trueAlignment(reward, strong[where])).toBeGreaterThan(
      (await trueAlignment(first, strong[where])) + 0.05,
    );
  });

  it('raises none where nothing changed, and adapting does no harm there', async () => {
    const { reward, drift } = await adapted(before, 20);
    expect(drift?.alarm).toBe(false);
    expect(await trueAlignment(reward, before)).toBeGreaterThan((await trueAlignment(first, before)) - 0.02);
  });
});
