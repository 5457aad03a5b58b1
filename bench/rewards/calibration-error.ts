import { mean } from '../../core/validation/moments';
import { bootstrapInterval } from './bootstrap-interval';

const bins = 10;

/** What was predicted of an output over the incumbent's, and what is true. */
export interface PredictedGain {
  /** The input. */
  group: string;
  predicted: number;
  truth: number;
}

export interface CalibrationError {
  value: number;
  /** Bootstrapped over inputs. Each resample adds noise to every bin, so that it lies rather high. */
  ci95: [number, number];
}

/** Mean |mean predicted - mean true| over ten bins of equal mass, by predicted gain. @throws RangeError for no gains */
export function calibrationError(gains: readonly PredictedGain[]): CalibrationError {
  if (gains.length === 0) throw new RangeError('calibrationError: there are no gains; give at least one');
  const sorted = [...gains].sort((a, b) => a.predicted - b.predicted);
  const groups = [...new Set(sorted.map(({ group }) => group))];
  const place = new Map(groups.map((group, index) => [group, index]));
  const placed = sorted.map(({ group, predicted, truth }) => ({
    group: place.get(group) as number,
    excess: predicted - truth,
  }));
  return {
    value: overBins(placed, new Array<number>(groups.length).fill(1)),
    ci95: bootstrapInterval([...groups.keys()], (drawn) => {
      const times = new Array<number>(groups.length).fill(0);
      for (const group of drawn) times[group] = (times[group] as number) + 1;
      return overBins(placed, times);
    }),
  };
}

/** Of gains in the order of what was predicted, each as often as its group counts. */
function overBins(gains: readonly { group: number; excess: number }[], times: readonly number[]): number {
  const total = gains.reduce((sum, { group }) => sum + (times[group] as number), 0);
  const errors: number[] = [];
  let [taken, sum, count] = [0, 0, 0];
  for (const { group, excess } of gains) {
    for (let time = 0; time < (times[group] as number); time++) {
      sum += excess;
      count += 1;
      taken += 1;
      if (taken < Math.floor(((errors.length + 1) * total) / bins) && taken < total) continue;
      errors.push(Math.abs(sum / count));
      [sum, count] = [0, 0];
    }
  }
  return mean(errors);
}
