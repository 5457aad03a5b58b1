import { paidTwice } from './paid-twice';
import type { RunEvidence } from './run-evidence';

export interface Comparison {
  /** Entries of the decision projection that were compared. */
  compared: number;
  lost: number;
  doubled: number;
  paidTwice: number;
  inFlight: number;
  /** What should not be, each with what differed. Empty: as good as undisturbed. */
  violations: string[];
}

/** Compares a run that was disturbed with the undisturbed one of the same seed. */
export function compareRuns(reference: RunEvidence, disturbed: RunEvidence): Comparison {
  const violations: string[] = [];
  const lost = without(reference.decisions, disturbed.decisions);
  const extra = without(disturbed.decisions, reference.decisions);
  const twice = repeated(
    disturbed.ledger.filter(({ kind }) => kind === 'decision').map(({ iteration }) => `${iteration}`),
  );
  for (const entry of lost) violations.push(`a decision was lost: ${entry}`);
  for (const entry of extra) violations.push(`a decision is not in the undisturbed run: ${entry}`);
  for (const iteration of twice) violations.push(`iteration ${iteration} was decided more than once`);
  for (const key of repeated(disturbed.ledger.map(({ key: entryKey }) => entryKey)))
    violations.push(`the ledger has the key '${key}' more than once`);
  const gap = disturbed.ledger.findIndex(({ sequence }, index) => sequence !== index + 1);
  if (gap >= 0) violations.push(`the ledger's entry ${gap + 1} has sequence number ${disturbed.ledger[gap]?.sequence}`);
  for (const member of ['status', 'configuration'] as const) {
    if (reference[member] !== disturbed[member])
      violations.push(`${member} is ${disturbed[member]}, undisturbed ${reference[member]}`);
  }
  for (const [table, rows] of Object.entries(reference.records)) {
    const found = disturbed.records[table] ?? [];
    for (const row of without(rows, found)) violations.push(`${table} lost ${row}`);
    for (const row of without(found, rows)) violations.push(`${table} has, unlike the undisturbed run, ${row}`);
  }
  const [requested, requestedAgain] = [distinct(reference), distinct(disturbed)];
  const missing = without(requested, requestedAgain).length;
  const foreign = without(requestedAgain, requested).length;
  if (missing + foreign > 0)
    violations.push(`${missing} requests of the undisturbed run were never sent, ${foreign} others were`);
  violations.push(...defects(disturbed));
  return {
    compared: reference.decisions.length,
    lost: lost.length,
    doubled: extra.length + twice.length,
    paidTwice: paidTwice(disturbed.arrivals, disturbed.kills).repeats,
    inFlight: disturbed.kills.reduce((sum, kill) => sum + kill.inFlight, 0),
    violations,
  };
}

/** What is wrong with a run whatever another one did. */
export function defects(run: RunEvidence): string[] {
  const { memo, spend, totals } = run.paid;
  return [
    ...(memo === spend && spend === totals
      ? []
      : [`the memo holds ${memo} calls, the spend ${spend} and its sums ${totals}`]),
    ...(run.missingBlobs === 0 ? [] : [`${run.missingBlobs} blobs that rows name are missing`]),
    ...Object.entries(run.held).flatMap(([table, count]) =>
      count === 0 ? [] : [`${count} rows of ${table} are still held after the end`],
    ),
    // What killed workers held back is let go at the end; without kills every call gives back its own.
    ...(run.kills.length === 0 && run.ledger.some(({ kind }) => kind === 'reservations')
      ? ['calls were still reserved at the end, though nothing was killed']
      : []),
    ...(run.integrity === 'ok' ? [] : [`the database is damaged: ${run.integrity}`]),
    ...paidTwice(run.arrivals, run.kills).violations,
    ...run.incidents,
  ];
}

function distinct({ arrivals }: RunEvidence): string[] {
  return [...new Set(arrivals.map(({ hash }) => hash))];
}

/** Those of `all` that are not in `others`; one that is there more often counts as often as it is too many. */
function without(all: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const item of others) left.set(item, (left.get(item) ?? 0) + 1);
  return all.filter((item) => {
    const count = left.get(item) ?? 0;
    left.set(item, count - 1);
    return count <= 0;
  });
}

function repeated(all: readonly string[]): string[] {
  return [...new Set(all.filter((item, index) => all.indexOf(item) !== index))];
}
