import { comparisonsWithIncumbent } from '../../core/preference/comparison';
import { orderConfidence, rolloutVariance } from '../../core/preference/order-confidence';
import type { PreferencePair } from '../../core/preference/preference-pair';
import { preferencePairs } from '../../core/preference/preference-pairs';
import { inputFolds } from '../../core/reward/input-folds';
import { randomStream } from '../../core/random/stream';
import { canonicalJson } from '../../core/system/canonical-json';
import type { Encoder } from '../../providers/encoder';
import { fitReward, openReward } from '../../providers/reward';
import type { StoredCandidate } from '../../storage';
import { baselines } from './baselines';
import { ordered, shareDifference, shareRight, type OrderedPair, type Share } from './scored-pairs';

const folds = 5;
/** Of which the order of a held-out pair must be known. */
const confidence = 0.95;

export interface RealAlignment {
  component: string;
  candidates: number;
  trainingPairs: number;
  ours: Share;
  baselines: Record<string, Share>;
  best: { name: string; difference: { value: number; ci95: [number, number] } };
  judge: { share: Share; difference: { value: number; ci95: [number, number] } } | null;
}

/** Says which of two outputs is better: positive for the first. */
export type Judge = (pair: PreferencePair) => Promise<number>;

/**
 * Held-out alignment of a component's reward beside its baselines: inputs are parted into five folds; a reward fitted on four
 * orders the pairs of the fifth whose order is known with 95 % confidence.
 */
export async function realAlignment(options: {
  component: string;
  candidates: readonly StoredCandidate[];
  groupOf: (exampleId: string) => string;
  encoder: Encoder;
  judge: Judge;
  judgedPairs: number;
}): Promise<RealAlignment> {
  const { component, encoder, groupOf } = options;
  const candidates = options.candidates.filter(({ origin }) => origin !== 'ground-truth');
  const first = candidates[0];
  if (first === undefined) return unmeasured(component, 0);
  const fields = { inputFields: Object.keys(first.inputs), outputFields: Object.keys(first.outputs) };
  const part = inputFolds(
    [...new Set(candidates.map(({ exampleId }) => groupOf(exampleId)))],
    folds,
    randomStream(0, 'bench-rewards', component),
  );
  const foldOf = (exampleId: string): number => part[groupOf(exampleId)] as number;
  const known = knownPairs(candidates);
  const columns: Record<string, OrderedPair[]> = { ours: [], similarity: [], neighbours: [], length: [] };
  const judged: PreferencePair[] = [];
  let trainingPairs = 0;
  for (let fold = 0; fold < folds; fold++) {
    const training = options.candidates.filter(({ exampleId }) => foldOf(exampleId) !== fold);
    const pairs = preferencePairs(training);
    const held = known.filter(({ exampleId }) => foldOf(exampleId) === fold);
    const fitted = await fitReward({
      component,
      ...fields,
      pairs,
      comparisons: comparisonsWithIncumbent(training),
      encoder,
      seed: fold,
    });
    if (fitted.status !== 'fitted' || held.length === 0) continue;
    trainingPairs += pairs.length / folds;
    const model = await openReward(fitted.artefact, fitted.manifest, encoder);
    const rewards = await model.score(
      held.flatMap(({ inputs, preferred, rejected }) => [
        { inputs, outputs: preferred },
        { inputs, outputs: rejected },
      ]),
    );
    await model.close();
    const others = await baselines(
      pairs,
      held.flatMap(({ inputs, preferred, rejected }) => [
        { inputs, outputs: preferred },
        { inputs, outputs: rejected },
      ]),
      encoder,
    );
    for (const [index, { exampleId, inputs, preferred, rejected }] of held.entries()) {
      const group = groupOf(exampleId);
      columns['ours']?.push(ordered(group, (rewards[2 * index] as number) - (rewards[2 * index + 1] as number)));
      for (const [name, score] of Object.entries(others)) {
        columns[name]?.push(ordered(group, score(inputs, preferred) - score(inputs, rejected)));
      }
    }
    judged.push(...held);
  }
  const { ours = [], ...rest } = columns;
  if (ours.length === 0) return unmeasured(component, candidates.length);
  const shares = Object.fromEntries(Object.entries(rest).map(([name, pairs]) => [name, shareRight(pairs)]));
  const chance = ours.map(({ group }) => ({ group, right: 0.5 }));
  const [name, best] = Object.entries({ ...rest, chance }).reduce((leader, other) =>
    shareRight(other[1]).value > shareRight(leader[1]).value ? other : leader,
  );
  return {
    component,
    candidates: candidates.length,
    trainingPairs: Math.round(trainingPairs),
    ours: shareRight(ours),
    baselines: shares,
    best: { name, difference: shareDifference(ours, best) },
    judge: await besideJudge(options, judged, ours),
  };
}

/** A component without a reward, or without a held-out pair whose order is known: as good as chance. */
function unmeasured(component: string, candidates: number): RealAlignment {
  const ours: Share = { value: 0.5, ci95: [0, 1], pairs: 0, inputs: 0 };
  const difference = { value: 0, ci95: [-1, 1] as [number, number] };
  return {
    component,
    candidates,
    trainingPairs: 0,
    ours,
    baselines: {},
    best: { name: 'chance', difference },
    judge: null,
  };
}

/** Each pair of distinct outputs whose order the rollouts tell with enough confidence. */
function knownPairs(candidates: readonly StoredCandidate[]): PreferencePair[] {
  const variance = rolloutVariance(candidates.map(({ scores }) => scores));
  const rollouts = new Map<string, number>();
  const key = (exampleId: string, outputs: unknown): string => canonicalJson([exampleId, outputs] as never);
  for (const { exampleId, outputs, scores } of candidates) {
    rollouts.set(key(exampleId, outputs), (rollouts.get(key(exampleId, outputs)) ?? 0) + scores.length);
  }
  return preferencePairs(candidates).filter(({ exampleId, preferred, rejected, gap }) => {
    const counts = [preferred, rejected].map((outputs) => rollouts.get(key(exampleId, outputs)) ?? 1);
    return orderConfidence(gap, variance, counts as [number, number]) >= confidence;
  });
}

/** The judge on a random part of the pairs, and what the reward does better on the same. */
async function besideJudge(
  {
    judge,
    judgedPairs,
    component,
    groupOf,
  }: { judge: Judge; judgedPairs: number; component: string; groupOf: (exampleId: string) => string },
  pairs: readonly PreferencePair[],
  ours: readonly OrderedPair[],
): Promise<RealAlignment['judge']> {
  const places = randomStream(0, 'bench-rewards', 'judge', component).sample([...pairs.keys()], judgedPairs);
  if (places.length === 0) return null;
  const orders = await Promise.all(
    places.map(async (place) => {
      const pair = pairs[place] as PreferencePair;
      return ordered(groupOf(pair.exampleId), await judge(pair));
    }),
  );
  const own = places.map((place) => ours[place] as OrderedPair);
  return { share: shareRight(orders), difference: shareDifference(own, orders) };
}
