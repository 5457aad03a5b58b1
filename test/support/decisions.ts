import type { RecordedEntry } from '../../storage';

/** What a run decided, without what may differ between equal runs: run id, time, attempts, spend. */
export function decisionProjection(entries: readonly RecordedEntry[]): string[] {
  return entries
    .filter((entry) => ['component', 'reward', 'proposals', 'look', 'decision', 'finished'].includes(entry.kind))
    .map((entry) => JSON.stringify([entry.key, entry.kind, entry.iteration, entry.body]))
    .sort();
}
