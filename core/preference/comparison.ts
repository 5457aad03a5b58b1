import { canonicalJson } from '../system/canonical-json';
import type { JsonObject } from '../system/json';
import type { Candidate } from './candidate';
import { groupByInputs } from './group-by-inputs';
import { meanScore } from './mean-score';
import { newestBase } from './newest-base';

/** An output of a component beside the incumbent's output for the same inputs. */
export interface Comparison {
  exampleId: string;
  inputs: JsonObject;
  incumbent: JsonObject;
  candidate: JsonObject;
  /** Difference of the mean downstream scores, candidate's less incumbent's; zero is an ordinary value. */
  gap: number;
  stale: boolean;
}

/**
 * Every distinct other output beside the newest base output of the same example, inputs and staleness: what gains are calibrated on.
 * Equal scores count, unlike in preference pairs: most changes of an output change nothing. The ground truth is left out: no
 * setting may be able to reach it. In the order of example ids and outputs.
 */
export function comparisonsWithIncumbent(candidates: readonly Candidate[]): Comparison[] {
  return groupByInputs(candidates).flatMap(comparisonsOf);
}

function comparisonsOf(group: readonly Candidate[]): Comparison[] {
  const pooled = new Map<string, { outputs: JsonObject; scores: number[] }>();
  for (const { outputs, scores, origin } of group) {
    if (origin === 'ground-truth') continue;
    const key = canonicalJson(outputs);
    pooled.set(key, { outputs, scores: [...(pooled.get(key)?.scores ?? []), ...scores] });
  }
  const base = newestBase(group);
  if (base.origin !== 'base') return [];
  const baseKey = canonicalJson(base.outputs);
  const before = meanScore(pooled.get(baseKey)?.scores ?? base.scores);
  return [...pooled]
    .filter(([key]) => key !== baseKey)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { outputs, scores }]) => ({
      exampleId: base.exampleId,
      inputs: base.inputs,
      incumbent: base.outputs,
      candidate: outputs,
      gap: meanScore(scores) - before,
      stale: base.stale ?? false,
    }));
}
