import { signFlipSeed } from '../../activities/look';
import { configurationHash, type Configuration } from '../../core/system/configuration';
import { decideLook } from '../../core/validation/acceptance';
import { looksAt } from '../../core/validation/looks';
import { levelOf, type PastTest } from '../../core/validation/online-fallback';
import { pairByExample } from '../../core/validation/scores-by-example';
import type { OptimizerState } from './optimizer-state';

export interface Validation {
  accepted: boolean;
  /** The iteration's level. */
  level: number;
  before: number | null;
  after: number | null;
  /** The accepted finalist, else the best at the last look. */
  candidate: Configuration | null;
  /** Gains by example id of every finalist, by configuration hash. */
  gains: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** Validates finalists against the incumbent, look by look, as the activities `look` and `decide` do. */
export function validateFinalists(
  state: OptimizerState,
  finalists: readonly Configuration[],
  iteration: number,
  past: readonly PastTest[],
): Validation {
  const { plan, incumbent } = state;
  const { alpha, iterations, minimumEffect } = plan;
  const level = levelOf({ alpha, iterations, iteration, before: past });
  const gains = new Map<string, ReadonlyMap<string, number>>();
  const byHash = new Map(finalists.map((configuration) => [configurationHash(configuration), configuration]));
  const count = Math.min(plan.validationExamples, state.run.resolved.examples.validation.length);
  const looks = looksAt(count);
  let remaining = [...byHash.keys()];
  let earlier: Record<string, number> = {};
  const validation: Validation = { accepted: false, level, before: null, after: null, candidate: null, gains };
  for (let look = 0; look < looks.length && remaining.length > 0; look++) {
    const sample = {
      split: 'validation',
      purpose: 'validation',
      iteration,
      count,
      to: looks[look]?.examples ?? count,
    } as const;
    const before = state.evaluate(incumbent, sample, 'validation');
    const scored = remaining.map((hash) => {
      const scores = state.evaluate(byHash.get(hash) as Configuration, sample, 'validation');
      const { ids, differences } = pairByExample(before, scores);
      gains.set(hash, new Map(ids.map((id, at) => [id, differences[at] as number])));
      return { configurationHash: hash, scores };
    });
    const verdict = decideLook({
      looks,
      look,
      incumbent: before,
      finalists: scored,
      entered: finalists.length,
      level,
      minimumEffect,
      earlier,
      seed: signFlipSeed(state.seed, iteration),
    });
    earlier = Object.fromEntries(verdict.comparisons.map(({ configurationHash: hash, p }) => [hash, p]));
    remaining = verdict.remaining;
    const best =
      verdict.comparisons.find(({ configurationHash: hash }) => hash === verdict.accepted) ?? verdict.comparisons[0];
    validation.accepted = verdict.accepted !== null;
    validation.before = best?.before ?? null;
    validation.after = best?.after ?? null;
    validation.candidate = byHash.get(best?.configurationHash ?? '') ?? null;
  }
  return validation;
}
