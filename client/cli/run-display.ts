import { MultiBar } from 'cli-progress';
import type { Progress } from '../../workflows/progress';
import type { SpendTotals } from '../../storage';
import { countText, durationText, moneyText, scoreText } from '../report/figures';
import { fractionDone, timeLeft } from './fraction-done';
import { usualShares, type CallEstimate } from './estimate';
import type { Terminal } from './terminal';

/** Shows how a run goes: lines for what changed, and for a person also a bar that is redrawn. */
export interface RunDisplay {
  update(progress: Progress, spend: SpendTotals): void;
  line(text: string): void;
  end(): void;
}

export function runDisplay(terminal: Terminal, estimated: CallEstimate | undefined): RunDisplay {
  return terminal.interactive ? barDisplay(estimated, terminal.width) : lineDisplay(terminal, estimated);
}

/** One line whenever the phase, the component or the step changes. */
function lineDisplay(terminal: Terminal, estimated: CallEstimate | undefined): RunDisplay {
  let last = '';
  return {
    update(progress, spend) {
      const position = positionText(progress);
      if (position === last) return;
      last = position;
      terminal.print([position, ...figures(progress, spend, shares(estimated, progress))].join(', '));
    },
    line: (text) => terminal.print(text),
    end: () => {},
  };
}

function barDisplay(estimated: CallEstimate | undefined, width: number): RunDisplay {
  const bars = new MultiBar({
    format: '{bar} {percentage} % | {text}',
    barsize: 20,
    barCompleteChar: '#',
    barIncompleteChar: '.',
    hideCursor: true,
    clearOnComplete: true,
    linewrap: false,
    forceRedraw: true,
    fps: 4,
    // Ctrl-C pauses the run; the program decides when to end.
    gracefulExit: false,
  });
  const bar = bars.create(100, 0, { text: 'starting' });
  return {
    update(progress, spend) {
      const calls = shares(estimated, progress);
      const text = [positionText(progress), ...figures(progress, spend, calls)].join(', ');
      bar.update(Math.round(100 * fractionDone(calls, progress)), { text: text.slice(0, Math.max(20, width - 32)) });
    },
    line: (text) => bars.log(`${text}\n`),
    end: () => bars.stop(),
  };
}

function shares(estimated: CallEstimate | undefined, progress: Progress): CallEstimate {
  return estimated ?? usualShares(progress.iterationsPlanned);
}

/** Where a run is, in words. */
export function positionText(progress: Progress): string {
  const { phase, component, step, iterationsDone, iterationsPlanned, total, done, paused, waiting } = progress;
  if (paused !== null && progress.status === 'paused') return `paused by ${paused.by}: ${paused.reason}`;
  if (waiting !== null) return `waiting: ${waiting}`;
  const where =
    phase === 'iterations'
      ? `iteration ${Math.min(iterationsDone + 1, iterationsPlanned)}/${iterationsPlanned}`
      : phase;
  const amount = total > 1 && done > 0 && done < total ? ` ${Math.floor((4 * done) / total) * 25} %` : '';
  return `${where}: ${component === null ? '' : `${component}, `}${step}${amount}`;
}

function figures(progress: Progress, spend: SpendTotals, calls: CallEstimate): string[] {
  const { baselineScore, incumbentScore, activeMs } = progress;
  const left = timeLeft(fractionDone(calls, progress), activeMs);
  return [
    ...(incumbentScore === null || baselineScore === null
      ? []
      : [
          `score ${incumbentScore === baselineScore ? '' : `${scoreText(baselineScore)} -> `}${scoreText(incumbentScore)}`,
        ]),
    `${countText(spend.calls)} calls`,
    ...(spend.usd === 0 ? [] : [moneyText(spend.usd)]),
    durationText(activeMs),
    ...(left === undefined ? [] : [`about ${durationText(left)} left`]),
  ];
}
