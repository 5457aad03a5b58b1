import type { RunRecord } from '../../storage';
import { gainText, timeText } from './figures';

/** Runs as aligned columns, in the order given. */
export function runTable(records: readonly RunRecord[]): string {
  const rows = records.map(({ runId, system, seed, status, createdAt, result }) => {
    const gain = (result as { final?: { gain?: { mean: number } | null } } | undefined)?.final?.gain?.mean;
    return [
      runId,
      system,
      String(seed),
      statusText(status),
      gain === undefined ? '-' : gainText(gain),
      timeText(createdAt),
    ];
  });
  const lines = [['RUN', 'SYSTEM', 'SEED', 'STATUS', 'TEST GAIN', 'STARTED'], ...rows];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The database only knows that a run has not ended; whether it is paused, Temporal knows. */
export function statusText(status: string): string {
  return status === 'running' ? 'open' : status;
}
