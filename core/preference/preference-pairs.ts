import { canonicalJson } from '../system/canonical-json';
import type { JsonObject } from '../system/json';
import type { Candidate } from './candidate';
import { groupByInputs } from './group-by-inputs';
import { meanScore } from './mean-score';
import { newestBase } from './newest-base';
import { orderConfidence, rolloutVariance } from './order-confidence';
import type { PreferencePair } from './preference-pair';

/** Gaps beyond this many median gaps weigh no more. */
const largestRelativeGap = 3;
/** What a stale pair weighs beside a fresh one: what is downstream has changed, but mostly not in what it needs. */
const staleWeight = 0.25;

interface ScoredOutput {
  outputs: JsonObject;
  mean: number;
  rollouts: number;
  iteration: number;
  /** Only the ground truth is this output. */
  groundTruth: boolean;
}

/**
 * All valid preference pairs of one component's candidates (paper, section 4.1): same input, distinct outputs, the higher
 * mean downstream score preferred. Equal outputs pool their rollouts; equal means give no pair.
 *
 * A weight is the gap in median gaps, at most 3, over 3, times how sure the order is, and of a stale pair a quarter of that; an
 * input whose weights sum to more than 1 is scaled to 1. Stale and fresh candidates are never paired: their scores do not compare.
 * The ground truth is left out unless not one pair of two model outputs exists on any input: its gaps are the largest, so that a reward
 * would mostly learn to tell its style from that of models, and order those by chance (`docs/decisions/0004`).
 * The result depends on the set of candidates alone, not on their order.
 *
 * @throws TypeError naming the candidate whose scores are missing, NaN or infinite, or whose component differs.
 */
export function preferencePairs(candidates: readonly Candidate[]): PreferencePair[] {
  const component = candidates[0]?.component;
  for (const candidate of candidates) checkCandidate(candidate, component);
  const ofModels = unweightedPairs(candidates.filter(({ origin }) => origin !== 'ground-truth'));
  const pairs = ofModels.length > 0 ? ofModels : unweightedPairs(candidates);
  const median = medianOf(pairs.map((pair) => pair.gap));
  const totals = new Map<string, number>();
  for (const pair of pairs) {
    pair.weight *= Math.min(pair.gap / median, largestRelativeGap) / largestRelativeGap;
    if (pair.stale) pair.weight *= staleWeight;
    totals.set(pair.exampleId, (totals.get(pair.exampleId) ?? 0) + pair.weight);
  }
  for (const pair of pairs) pair.weight /= Math.max(1, totals.get(pair.exampleId) ?? 1);
  return pairs;
}

/** Their weights say so far only how sure the order is: the gap comes in once the median is known. */
function unweightedPairs(candidates: readonly Candidate[]): PreferencePair[] {
  const variance = rolloutVariance(candidates.map(({ scores }) => scores));
  return groupByInputs(candidates).flatMap((group) => pairsOfInput(group, variance));
}

function checkCandidate(candidate: Candidate, component: string | undefined): void {
  const name = `candidate of component '${candidate.component}' on example '${candidate.exampleId}' (configuration ${candidate.configurationHash})`;
  if (candidate.component !== component) {
    throw new TypeError(`${name}: pairs are made for one component at a time, and this batch is for '${component}'`);
  }
  if (candidate.scores.length === 0) {
    throw new TypeError(`${name} has no scores; roll its descendants out at least once, or leave it out`);
  }
  for (const score of candidate.scores) {
    if (!Number.isFinite(score)) {
      throw new TypeError(`${name} has the score ${score}; a failed candidate must carry the metric's floor instead`);
    }
  }
}

function pairsOfInput(group: Candidate[], variance: number): PreferencePair[] {
  const { exampleId, inputs, stale = false } = group[0] as Candidate;
  const outputs = distinctOutputs(group);
  const { configurationHash } = newestBase(group);
  const pairs: PreferencePair[] = [];
  for (const [index, one] of outputs.entries()) {
    for (const other of outputs.slice(index + 1)) {
      if (one.mean === other.mean) continue;
      const [better, worse] = one.mean > other.mean ? [one, other] : [other, one];
      const gap = better.mean - worse.mean;
      const groundTruth = one.groundTruth || other.groundTruth;
      pairs.push({
        exampleId,
        inputs,
        preferred: better.outputs,
        rejected: worse.outputs,
        weight: orderConfidence(gap, variance, [one.rollouts, other.rollouts]),
        gap,
        iteration: Math.max(one.iteration, other.iteration),
        configurationHash,
        groundTruth,
        stale,
      });
    }
  }
  return pairs;
}

function distinctOutputs(group: Candidate[]): ScoredOutput[] {
  const pooled = new Map<string, Omit<ScoredOutput, 'mean' | 'rollouts'> & { scores: number[] }>();
  for (const { outputs, scores, origin, iteration } of group) {
    const text = canonicalJson(outputs);
    const known = pooled.get(text) ?? { outputs, scores: [], groundTruth: true, iteration };
    known.scores.push(...scores);
    known.iteration = Math.max(known.iteration, iteration);
    known.groundTruth &&= origin === 'ground-truth';
    pooled.set(text, known);
  }
  return [...pooled]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { scores, ...output }]) => ({ ...output, mean: meanScore(scores), rollouts: scores.length }));
}

function medianOf(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 1;
  return sorted.length % 2 === 0 ? ((sorted[middle - 1] ?? upper) + upper) / 2 : upper;
}
