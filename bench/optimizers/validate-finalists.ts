import { configurationHash, type Configuration } from '../../core/system/configuration';
import { decideAcceptance } from '../../core/validation/acceptance';
import { mean } from '../../core/validation/moments';
import { pairByExample } from '../../core/validation/scores-by-example';
import type { OptimizerState } from './optimizer-state';

export interface Validation {
  accepted: boolean;
  before: number | null;
  after: number | null;
  /** The best finalist that was measured on the whole sample. */
  candidate: Configuration | null;
  /** Gains by example id of every finalist, by configuration hash. */
  gains: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** Validates finalists against the incumbent as `halve` and `decide` do. */
export function validateFinalists(
  state: OptimizerState,
  finalists: readonly Configuration[],
  iteration: number,
): Validation {
  const { plan, incumbent } = state;
  const gains = new Map<string, ReadonlyMap<string, number>>();
  const nothing = { accepted: false, before: null, after: null, candidate: null, gains };
  if (finalists.length === 0) return nothing;
  const count = Math.min(plan.validationExamples, state.run.resolved.examples.validation.length);
  const scoresOf = (configuration: Configuration, to: number): Map<string, number> =>
    state.evaluate(
      configuration,
      { split: 'validation', purpose: 'validation', iteration, count, from: 0, to },
      'validation',
    );
  const third = Math.ceil(count / 3);
  const early = scoresOf(incumbent, third);
  const led = finalists
    .map((configuration) => {
      const hash = configurationHash(configuration);
      const paired = pairByExample(early, scoresOf(configuration, third));
      gains.set(hash, new Map(paired.ids.map((id, at) => [id, paired.differences[at] as number])));
      return { configuration, hash, gain: mean(paired.differences) };
    })
    .sort((a, b) => b.gain - a.gain || (a.hash < b.hash ? -1 : 1));
  const [best] = led;
  if (best === undefined || best.gain <= 0) return nothing;
  const [before, after] = [scoresOf(incumbent, count), scoresOf(best.configuration, count)];
  const paired = pairByExample(before, after);
  gains.set(best.hash, new Map(paired.ids.map((id, at) => [id, paired.differences[at] as number])));
  const verdict = decideAcceptance({
    incumbent: before,
    finalists: [{ configurationHash: best.hash, scores: after }],
    entered: finalists.length,
    alpha: plan.alpha,
    minimumEffect: plan.minimumEffect,
    seed: iteration,
  });
  const [comparison] = verdict.comparisons;
  return {
    accepted: verdict.accepted !== null,
    before: comparison?.before ?? null,
    after: comparison?.after ?? null,
    candidate: best.configuration,
    gains,
  };
}
