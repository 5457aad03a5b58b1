import type { HistorySize } from './history-sizes';

export interface Spread {
  min: number;
  median: number;
  max: number;
}

/** @throws RangeError for no values */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) throw new RangeError('there are no values to summarize');
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2;
  return { min, median, max };
}

export interface HistorySummary {
  executions: number;
  meanEvents: number;
  largestEvents: number;
  meanBytes: number;
  largestBytes: number;
}

/** @throws RangeError for no histories */
export function summarizeHistories(histories: readonly HistorySize[]): HistorySummary {
  if (histories.length === 0) throw new RangeError('there are no histories to summarize');
  const events = histories.map((history) => history.events);
  const bytes = histories.map((history) => history.bytes);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    executions: histories.length,
    meanEvents: mean(events),
    largestEvents: Math.max(...events),
    meanBytes: mean(bytes),
    largestBytes: Math.max(...bytes),
  };
}
