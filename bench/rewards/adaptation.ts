import type { Candidate } from '../../core/preference/candidate';
import { comparisonsWithIncumbent } from '../../core/preference/comparison';
import { preferencePairs } from '../../core/preference/preference-pairs';
import { pairedTest } from '../../core/validation/paired-test';
import { mean } from '../../core/validation/moments';
import type { Encoder } from '../../providers/encoder';
import { adaptReward, fitReward, openReward, type FittedReward, type RewardData } from '../../providers/reward';
import { driftCandidates, drifts, type ValuedCandidate } from '../../systems/synthetic';
import type { KeptResults } from './kept-results';
import { ordered, shareRight } from './scored-pairs';

/** Preference data of every seed: inputs before the drift, in each iteration after it (the paper's 20), and held-out ones. */
const inputs = { before: 80, fresh: 20, heldOut: 150 };
const iterations = 3;
/** Two candidates, as in the paper. */
const sampling = { candidates: 2, rollouts: 2, noise: 0.15 };

/** Held-out alignment after the drift, mean over its iterations, by what was done about it. */
export interface SeedOutcome {
  none: number;
  freshOnly: number;
  adapted: number;
  refit: number;
  /** Work of the adaptations as a share of that of the refits. */
  work: number;
  alarms: number;
  rolledBack: number;
  /** Fits from nothing, since an alarm persisted after the update; their work is in `work`. */
  fittedAnew: number;
}

export interface DriftOutcome {
  drift: string;
  seeds: SeedOutcome[];
  mean: SeedOutcome;
  /** Adapted less the other, over seeds, with a 95 % interval and p (paired sign-flip test, two-sided). */
  against: Record<'none' | 'freshOnly' | 'refit', { value: number; ci95: [number, number]; p: number }>;
}

/**
 * The two drifts, each over so many seeds: no adaptation, a refit on the fresh pairs alone, our adaptation as a run does it (an
 * alarm that persists after the update: fitted anew), and a full refit on buffer and fresh pairs, all with the same rollouts.
 */
export async function adaptationBench(options: {
  seeds: number;
  encoder: Encoder;
  kept: KeptResults;
  say: (line: string) => void;
}): Promise<DriftOutcome[]> {
  const outcomes: DriftOutcome[] = [];
  for (const drift of ['downstream', 'upstream'] as const) {
    const seeds: SeedOutcome[] = [];
    // None of the seeds that the rules of adaptation were tried on (0 to 9).
    for (let seed = 100; seed < 100 + options.seeds; seed++) {
      const key = ['adaptation', drift, seed, options.encoder.identity];
      seeds.push(await options.kept.of(key, () => oneSeed(drift, seed, options.encoder)));
      options.say(`drift ${drift}, seed ${seed}: ${JSON.stringify(seeds.at(-1))}`);
    }
    const against = (other: 'none' | 'freshOnly' | 'refit') => {
      const differences = seeds.map((outcome) => outcome.adapted - outcome[other]);
      const { mean: value, ci95, p } = pairedTest(differences, { seed: 0 });
      return { value, ci95, p };
    };
    const names = Object.keys(seeds[0] as SeedOutcome) as (keyof SeedOutcome)[];
    outcomes.push({
      drift,
      seeds,
      mean: Object.fromEntries(
        names.map((name) => [name, mean(seeds.map((item) => item[name]))]),
      ) as unknown as SeedOutcome,
      against: { none: against('none'), freshOnly: against('freshOnly'), refit: against('refit') },
    });
  }
  return outcomes;
}

async function oneSeed(drift: keyof typeof drifts, seed: number, encoder: Encoder): Promise<SeedOutcome> {
  const { before, after } = drifts[drift];
  const drawn = (iteration: number, count: number, split: 'train' | 'test') =>
    driftCandidates({
      ...sampling,
      seed,
      iteration,
      inputs: count,
      split,
      surroundings: iteration < 0 ? before : after,
    });
  const options = { component: 'writer', inputFields: ['request'], outputFields: ['text'], encoder, seed };
  const fit = async (data: RewardData): Promise<FittedReward> => {
    const result = await fitReward({ ...options, ...data });
    if (result.status !== 'fitted') throw new Error(`bench: ${result.reason}`);
    return result;
  };
  const heldOut = drawn(iterations, inputs.heldOut, 'test');
  const past = drawn(-1, inputs.before, 'train');
  const first = await fit(dataOf(past));
  // As a run marks them: what is worth more or less now was scored before a downstream change; an upstream one makes nothing stale.
  const buffer = past.map((candidate) => ({ ...candidate, stale: drift === 'downstream' }));
  const none = await alignmentOn(heldOut, first, encoder);
  const reached: Record<'freshOnly' | 'adapted' | 'refit', number[]> = { freshOnly: [], adapted: [], refit: [] };
  const work = { adapted: 0, refit: 0 };
  let [adapted, fresh]: [FittedReward, ValuedCandidate[]] = [first, []];
  let [alarms, rolledBack, fittedAnew] = [0, 0, 0];
  // What was collected before it is stale: a reward was fitted anew after drift (as activities/train-reward.ts does).
  let judgedFrom = -1;
  for (let iteration = 0; iteration < iterations; iteration++) {
    fresh = [...fresh, ...drawn(iteration, inputs.fresh, 'train')];
    const together = dataOf([...buffer, ...fresh]);
    const dataFrom = (first: number): RewardData =>
      dataOf([...buffer, ...fresh].map((item) => (item.iteration < first ? { ...item, stale: true } : item)));
    const adaptation = await adaptReward({
      ...options,
      ...dataFrom(judgedFrom),
      previous: adapted,
      isFresh: (pair) => pair.iteration === iteration,
    });
    adapted = adaptation.reward;
    work.adapted += adapted.operations;
    alarms += adaptation.drift?.alarm ? 1 : 0;
    rolledBack += adaptation.status === 'rolled-back' ? 1 : 0;
    if (adaptation.drift?.alarm && adaptation.driftAfter?.alarm) {
      judgedFrom = iteration;
      adapted = await fit(dataFrom(judgedFrom));
      work.adapted += adapted.operations;
      fittedAnew += 1;
    }
    const refit = await fit(together);
    work.refit += refit.operations;
    reached.adapted.push(await alignmentOn(heldOut, adapted, encoder));
    reached.refit.push(await alignmentOn(heldOut, refit, encoder));
    reached.freshOnly.push(await alignmentOn(heldOut, await fit(dataOf(fresh)), encoder));
  }
  return {
    none,
    freshOnly: mean(reached.freshOnly),
    adapted: mean(reached.adapted),
    refit: mean(reached.refit),
    work: work.adapted / work.refit,
    alarms,
    rolledBack,
    fittedAnew,
  };
}

function dataOf(candidates: readonly Candidate[]): RewardData {
  return { pairs: preferencePairs(candidates), comparisons: comparisonsWithIncumbent(candidates) };
}

/** Share of the pairs of equal inputs that a reward orders as their true values are. */
async function alignmentOn(
  candidates: readonly ValuedCandidate[],
  { artefact, manifest }: FittedReward,
  encoder: Encoder,
): Promise<number> {
  const model = await openReward(artefact, manifest, encoder);
  const rewards = await model.score(candidates);
  await model.close();
  const pairs = candidates.flatMap((one, index) =>
    candidates.slice(0, index).flatMap((other, place) => {
      const gap = one.value - other.value;
      if (other.exampleId !== one.exampleId || Math.abs(gap) < 1e-9) return [];
      return [ordered(one.exampleId, Math.sign(gap) * ((rewards[index] as number) - (rewards[place] as number)))];
    }),
  );
  return shareRight(pairs).value;
}
