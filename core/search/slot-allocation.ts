import type { RandomStream } from '../random/stream';
import { mean } from '../validation/moments';

/** What one slot brought that an optimizer's proposal took in an earlier iteration. */
export interface SlotOutcome {
  optimizer: string;
  iteration: number;
  /** Realised gain in score, at least 0: a proposal that loses is not taken, so it costs its slot and no more. */
  gain: number;
}

export interface SlotAllocation {
  optimizer: string;
  slots: number;
  /** Outcomes that it rests on. */
  tries: number;
  /** Mean gain per slot so far, newer ones weighing more; null: never tried. */
  meanGain: number | null;
}

/** An outcome weighs this much less for each iteration that passed: what paid early may be exhausted. */
const decay = 0.85;

/** As many tries at the mean of all optimizers are credited to each beforehand. */
const priorTries = 4;

/** The least standard deviation of gains per slot, in score: while nothing gained, the less tried are tried more. */
const leastDeviation = 0.01;

/**
 * Parts an iteration's slots among optimizers by what has been paying (a bandit: Thompson sampling, Thompson 1933; Chapelle
 * and Li 2011, "An empirical evaluation of Thompson sampling"). Each gets one slot; each further one goes to the
 * optimizer whose gain per slot, drawn from its normal posterior, is largest. With fewer slots than optimizers the largest
 * draws get one each. Before anything was tried the slots are parted evenly.
 *
 * @param options.optimizers names, each once.
 * @param options.iteration the present one.
 * @returns one allocation per optimizer, in their order.
 */
export function allocateSlots(options: {
  optimizers: readonly string[];
  slots: number;
  outcomes: readonly SlotOutcome[];
  iteration: number;
  stream: RandomStream;
}): SlotAllocation[] {
  const { optimizers, slots, iteration, stream } = options;
  const outcomes = options.outcomes.filter((item) => optimizers.includes(item.optimizer));
  const allocations = optimizers.map((optimizer) => {
    const own = outcomes.filter((item) => item.optimizer === optimizer);
    return { optimizer, slots: 0, tries: own.length, ...weighted(own, iteration) };
  });
  const common = weighted(outcomes, iteration);
  const posteriors = allocations.map(({ weight, meanGain }) => ({
    mean: (priorTries * (common.meanGain ?? 0) + weight * (meanGain ?? 0)) / (priorTries + weight),
    deviation: deviationOf(outcomes) / Math.sqrt(priorTries + weight),
  }));
  const draw = (): number[] => posteriors.map((posterior) => posterior.mean + posterior.deviation * stream.normal());

  const first = indicesByValue(outcomes.length === 0 ? optimizers.map(() => stream.uniform()) : draw());
  for (const index of first.slice(0, slots)) (allocations[index] as SlotAllocation).slots++;
  for (let slot = first.length; slot < slots && first.length > 0; slot++) {
    const index = outcomes.length === 0 ? first[slot % first.length] : indicesByValue(draw())[0];
    (allocations[index as number] as SlotAllocation).slots++;
  }
  return allocations.map(({ optimizer, slots: own, tries, meanGain }) => ({ optimizer, slots: own, tries, meanGain }));
}

function weighted(outcomes: readonly SlotOutcome[], iteration: number): { weight: number; meanGain: number | null } {
  const weights = outcomes.map((item) => decay ** Math.max(0, iteration - 1 - item.iteration));
  const weight = weights.reduce((sum, item) => sum + item, 0);
  const gained = outcomes.reduce((sum, { gain }, index) => sum + gain * (weights[index] as number), 0);
  return { weight, meanGain: weight === 0 ? null : gained / weight };
}

function deviationOf(outcomes: readonly SlotOutcome[]): number {
  if (outcomes.length === 0) return leastDeviation;
  const center = mean(outcomes.map(({ gain }) => gain));
  return Math.max(leastDeviation, Math.sqrt(mean(outcomes.map(({ gain }) => (gain - center) ** 2))));
}

/** Indices from the largest value to the smallest. */
function indicesByValue(values: readonly number[]): number[] {
  return [...values.keys()].sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
}
