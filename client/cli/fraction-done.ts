import type { Progress } from '../../workflows/progress';
import type { CallEstimate } from './estimate';

/** Steps of an iteration and how much of its work lies behind them. */
const behind: readonly [start: string, share: number][] = [
  ['collecting rollouts', 0.02],
  ['adapting', 0.3],
  ['proposing settings', 0.3],
  ['pairing settings', 0.3],
  ['proposing and ranking', 0.35],
  ['validating', 0.6],
];

type Position = Pick<Progress, 'phase' | 'step' | 'done' | 'total' | 'iterationsDone' | 'component'>;

/** How much of a run's estimated work is done, in [0, 1]. */
export function fractionDone(calls: CallEstimate, progress: Position): number {
  const step = progress.total === 0 ? 0 : progress.done / progress.total;
  const { baseline, preference, firstIteration, iteration, iterations, finalTest } = calls;
  const total = Math.max(1, calls.total);
  switch (progress.phase) {
    case 'prepare':
      return 0;
    case 'baseline':
      return (baseline * step) / total;
    case 'preference-data':
      return (baseline + preference * step) / total;
    case 'rewards':
      return (baseline + preference) / total;
    case 'iterations': {
      const share = behind.find(([start]) => progress.step.startsWith(start))?.[1] ?? 0;
      const { iterationsDone: done } = progress;
      const behindIt = done === 0 ? firstIteration * share : firstIteration + iteration * (done - 1 + share);
      return (baseline + preference + behindIt) / total;
    }
    case 'final-test':
      return (baseline + preference + iterations + finalTest * step) / total;
    case 'done':
      return 1;
  }
}

/** Milliseconds left, by the pace so far; undefined before there is any. */
export function timeLeft(fraction: number, activeMs: number): number | undefined {
  return fraction < 0.03 || fraction >= 1 ? undefined : (activeMs * (1 - fraction)) / fraction;
}
