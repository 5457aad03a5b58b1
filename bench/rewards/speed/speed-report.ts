import { spreadOf } from '../../overhead/summary';
import type { SpeedMeasurement } from './speed-task';

/** What a fit or scoring may take, in PyTorch's time. */
export const largestRatio = 1.25;

/** Medians. */
export interface Compared {
  optimas: number;
  torch: number;
  /** Optimas over PyTorch. */
  ratio: number;
}

export interface HeadSpeed {
  kind: string;
  /** Which of its ways PyTorch took: the fastest of those tried. */
  ways: { fit: string; score: string };
  /** Seconds. */
  fit: Compared;
  score: Compared;
  all: Compared;
  /** Peak resident memory until the end of the fit, and in all; MB. */
  fitPeakMb: Compared;
  peakMb: Compared;
  /** Largest relative difference of parameters and rewards between the two. */
  difference: number;
}

export interface SpeedReport {
  /** Why nothing was measured, and what to do. */
  notMeasured?: string;
  torch?: { version: string; blas: string };
  heads: HeadSpeed[];
}

/** Medians of the repeats, which are paired by place. */
export function headSpeed(
  given: Pick<HeadSpeed, 'kind' | 'ways' | 'difference'>,
  optimas: readonly SpeedMeasurement[],
  torch: readonly SpeedMeasurement[],
): HeadSpeed {
  const compare = (of: (measurement: SpeedMeasurement) => number): Compared => {
    const [ours, theirs] = [spreadOf(optimas.map(of)).median, spreadOf(torch.map(of)).median];
    return { optimas: ours, torch: theirs, ratio: ours / theirs };
  };
  return {
    ...given,
    fit: compare(({ fitSeconds }) => fitSeconds),
    score: compare(({ scoreSeconds }) => scoreSeconds),
    all: compare(({ fitSeconds, scoreSeconds }) => fitSeconds + scoreSeconds),
    fitPeakMb: compare(({ fitPeakMb }) => fitPeakMb),
    peakMb: compare(({ peakMb }) => peakMb),
  };
}

/** A line for each target that was missed. Not measured is missed. */
export function missedSpeedTargets({ notMeasured, heads }: SpeedReport): string[] {
  if (notMeasured !== undefined) return [`speed: not measured: ${notMeasured}`];
  return heads.flatMap((head) =>
    (['fit', 'score', 'all'] as const)
      .filter((part) => !(head[part].ratio <= largestRatio))
      .map(
        (part) =>
          `speed: ${head.kind} head, ${part}: ${head[part].ratio.toFixed(2)} times PyTorch's time (at most ${largestRatio})`,
      ),
  );
}
