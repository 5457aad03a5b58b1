import { canonicalJson } from '../system/canonical-json';
import type { JsonObject } from '../system/json';
import { mean } from '../validation/moments';
import type { Candidate } from './candidate';

export interface BestOutput {
  outputs: JsonObject;
  /** Its mean downstream score. */
  score: number;
  /** By how much that leads the mean of the other outputs; absent where there are none. */
  contrast?: number;
}

/**
 * The output that scored best of a component's candidates for the same inputs. Equal outputs pool their rollouts; of equal
 * scores the base output comes first, then the one that was collected first. Undefined for no candidates.
 */
export function bestOutput(
  candidates: readonly Pick<Candidate, 'outputs' | 'origin' | 'scores'>[],
): BestOutput | undefined {
  const pooled = new Map<string, { outputs: JsonObject; scores: number[] }>();
  const isBase = ({ origin }: Pick<Candidate, 'origin'>): boolean => origin === 'base';
  for (const { outputs, scores } of [...candidates.filter(isBase), ...candidates.filter((item) => !isBase(item))]) {
    const key = canonicalJson(outputs);
    pooled.set(key, { outputs, scores: [...(pooled.get(key)?.scores ?? []), ...scores] });
  }
  const scored = [...pooled.values()].map(({ outputs, scores }) => ({ outputs, score: mean(scores) }));
  const [first, ...rest] = scored;
  if (first === undefined) return undefined;
  const best = rest.reduce((leader, other) => (other.score > leader.score ? other : leader), first);
  const others = scored.filter((item) => item !== best).map((item) => item.score);
  return { ...best, ...(others.length > 0 && { contrast: best.score - mean(others) }) };
}
