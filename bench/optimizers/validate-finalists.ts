import { signFlipSeed } from '../../activities/look';
import { configurationHash, type Configuration } from '../../core/system/configuration';
import { levelOf, type PastTest } from '../../core/validation/online-fallback';
import { pairByExample } from '../../core/validation/scores-by-example';
import { validateLookByLook } from '../validate-look-by-look';
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
  const verdict = validateLookByLook({
    finalists: [...byHash.keys()],
    ...{ count, level, minimumEffect, seed: signFlipSeed(state.seed, iteration) },
    measure: (remaining, to) => {
      const sample = { split: 'validation', purpose: 'validation', iteration, count, to } as const;
      const before = state.evaluate(incumbent, sample, 'validation');
      const scored = remaining.map((hash) => {
        const scores = state.evaluate(byHash.get(hash) as Configuration, sample, 'validation');
        const { ids, differences } = pairByExample(before, scores);
        gains.set(hash, new Map(ids.map((id, at) => [id, differences[at] as number])));
        return { configurationHash: hash, scores };
      });
      return { incumbent: before, finalists: scored };
    },
  });
  const best =
    verdict?.comparisons.find(({ configurationHash: hash }) => hash === verdict.accepted) ?? verdict?.comparisons[0];
  return {
    accepted: typeof verdict?.accepted === 'string',
    level,
    before: best?.before ?? null,
    after: best?.after ?? null,
    candidate: byHash.get(best?.configurationHash ?? '') ?? null,
    gains,
  };
}
