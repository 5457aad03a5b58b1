import { randomStream } from '../../core/random/stream';
import { quantile } from '../../core/validation/moments';

const resamples = 2_000;

/** A 95 % percentile interval of a statistic, by drawing inputs with replacement; `[group]` holds what belongs to one input. */
export function bootstrapInterval<T>(
  groups: readonly T[],
  statistic: (drawn: readonly T[]) => number,
): [number, number] {
  const stream = randomStream(0, 'bench-rewards', 'bootstrap');
  const values = Array.from({ length: resamples }, () => statistic(groups.map(() => stream.choice(groups)))).sort(
    (a, b) => a - b,
  );
  return [quantile(values, 0.025), quantile(values, 0.975)];
}
