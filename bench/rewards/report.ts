import Table from 'cli-table3';
import type { DriftOutcome } from './adaptation';
import type { RealAlignment } from './real-alignment';
import type { Share } from './scored-pairs';
import type { SpeedReport } from './speed/speed-report';
import type { SyntheticAlignment } from './synthetic-alignment';

/** What the bench measured; a part that was left out is absent. */
export interface RewardsReport {
  synthetic?: SyntheticAlignment[];
  real?: (RealAlignment & { system: string })[];
  adaptation?: DriftOutcome[];
  speed?: SpeedReport;
  minutes?: number;
  /** Results that a bench before had left in the folder. */
  found?: number;
}

const number = (value: number): string => value.toFixed(3);
const range = ([low, high]: readonly [number, number]): string => `${number(low)} to ${number(high)}`;
const share = (found: Share): string => `${number(found.value)} (${range(found.ci95)})`;

/** Tables, as text. */
export function report({ synthetic, real, adaptation, speed, minutes, found = 0 }: RewardsReport): string[] {
  const lines: string[] = [];
  if (synthetic !== undefined) {
    const table = new Table({
      style: { head: [], border: [] },
      head: [
        'component',
        'pairs',
        'gap >= 0.1',
        'n',
        'all pairs',
        'n',
        'length',
        'one word',
        'calibration error',
        'mean |gain|',
      ],
    });
    for (const item of synthetic) {
      table.push([
        `${item.system}.${item.component}`,
        String(item.trainingPairs),
        item.large === null ? '-' : share(item.large),
        String(item.large?.pairs ?? 0),
        share(item.all),
        String(item.all.pairs),
        share(item.length),
        share(item.token),
        item.calibrationError === null
          ? '-'
          : `${number(item.calibrationError.value)} (${range(item.calibrationError.ci95)})`,
        number(item.constantError),
      ]);
    }
    lines.push(table.toString());
    const curves = synthetic.filter(({ curve }) => curve.length > 0);
    for (const { system, component, curve } of curves) {
      lines.push(
        `${system}.${component}, by share of the training pairs: ${curve.map((point) => `${100 * point.share} % ${share(point.large)}`).join(', ')}`,
      );
    }
  }
  if (real !== undefined) {
    const table = new Table({
      style: { head: [], border: [] },
      head: [
        'component',
        'pairs trained',
        'held out',
        'reward',
        'similarity',
        'neighbours',
        'length',
        'judge',
        'over the best',
      ],
    });
    for (const { system, component, trainingPairs, ours, baselines, best, judge } of real) {
      table.push([
        `${system}.${component}`,
        String(trainingPairs),
        `${ours.pairs} of ${ours.inputs} inputs`,
        share(ours),
        ...['similarity', 'neighbours', 'length'].map((name) => number(baselines[name]?.value ?? Number.NaN)),
        judge === null ? '-' : `${number(judge.share.value)} (n = ${judge.share.pairs})`,
        `${best.name}: ${number(best.difference.value)} (${range(best.difference.ci95)})`,
      ]);
    }
    lines.push(table.toString());
  }
  if (adaptation !== undefined) {
    const table = new Table({
      style: { head: [], border: [] },
      head: [
        'drift',
        'none',
        'fresh only',
        'adapted',
        'full refit',
        'over none',
        'over fresh only',
        'over refit',
        'work',
        'alarms',
        'rolled back',
        'fitted anew',
      ],
    });
    for (const { drift, mean, against } of adaptation) {
      const difference = ({ value, ci95, p }: { value: number; ci95: [number, number]; p: number }): string =>
        `${number(value)} (${range(ci95)}, p = ${number(p)})`;
      table.push([
        drift,
        ...[mean.none, mean.freshOnly, mean.adapted, mean.refit].map(number),
        difference(against.none),
        difference(against.freshOnly),
        difference(against.refit),
        number(mean.work),
        number(mean.alarms),
        number(mean.rolledBack),
        number(mean.fittedAnew),
      ]);
    }
    lines.push(table.toString());
  }
  for (const { kind, fit, score, peakMb } of speed?.heads ?? []) {
    lines.push(
      `${kind} head, 2,000 pairs and 10,000 candidates: fit ${number(fit.optimas)} s (PyTorch ${number(fit.torch)} s, ratio ${number(fit.ratio)}), ` +
        `scoring ${number(score.optimas)} s (${number(score.torch)} s, ${number(score.ratio)}), peak memory ${peakMb.optimas.toFixed(0)} MB (${peakMb.torch.toFixed(0)} MB)`,
    );
  }
  if (minutes !== undefined) {
    lines.push(`${minutes.toFixed(1)} minutes${found > 0 ? `; ${found} results were in the folder already` : ''}`);
  }
  return lines;
}
