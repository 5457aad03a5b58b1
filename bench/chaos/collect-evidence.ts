import type { SelectQueryBuilder } from 'kysely';
import type { Database, Stores } from '../../storage';
import { decisionProjection } from '../../test/support/decisions';
import type { RunEvidence } from './run-evidence';

type Stored = Pick<RunEvidence, 'decisions' | 'ledger' | 'records' | 'paid' | 'missingBlobs'>;

/** Columns that may differ between equal runs: the run, and references to traces, which hold times. */
const unequal = new Set(['run_id', 'trace_blob', 'manifest', 'metrics']);

/** What the database holds of a run. */
export async function storedEvidence(database: Database, stores: Stores, runId: string): Promise<Stored> {
  const entries = await stores.ledger.list(runId);
  const evaluations = await rowsOf(database, 'evaluations', runId);
  const rewards = await rowsOf(database, 'reward_versions', runId);
  const blobs = [...evaluations.map((row) => row['trace_blob']), ...rewards.map((row) => row['artefact_sha256'])];
  return {
    decisions: decisionProjection(entries),
    ledger: entries.map(({ sequence, key, kind, iteration }) => ({ sequence, key, kind, iteration })),
    records: {
      evaluations: comparable(evaluations),
      candidates: comparable(await rowsOf(database, 'candidates', runId)),
      reward_versions: comparable(rewards),
    },
    paid: await paidCalls(database, runId),
    missingBlobs: await missingBlobs(database, blobs),
  };
}

/** A fingerprint of how far the run is: two that are equal mean that nothing was stored in between. */
export async function progressMark(database: Database, runId: string): Promise<string> {
  const count = (table: 'ledger' | 'evaluations' | 'candidates' | 'memo') =>
    countRows(database, table, (query) => query.where('run_id', '=', runId));
  return JSON.stringify([
    await count('ledger'),
    await count('evaluations'),
    await count('candidates'),
    await count('memo'),
  ]);
}

/** Model calls of the run whose result is stored. */
export function committedCalls(database: Database, runId: string): Promise<number> {
  return countRows(database, 'memo', (query) => query.where('run_id', '=', runId).where('kind', '=', 'chat'));
}

/** Reservations of the run, whether they have run out or not. */
export function reservedRows(database: Database, runId: string): Promise<number> {
  return countRows(database, 'reservations', (query) => query.where('run_id', '=', runId));
}

/** Leases that have not run out. */
export function leasedRows(database: Database): Promise<number> {
  return countRows(database, 'memo_leases', (query) => query.where('expires_at', '>', database.now()));
}

async function paidCalls(database: Database, runId: string): Promise<RunEvidence['paid']> {
  const { queries } = database;
  const sum = async (table: 'spend' | 'spend_totals') => {
    const [row] = await database.read(
      queries
        .selectFrom(table)
        .where('run_id', '=', runId)
        .where('kind', '=', 'chat')
        .select((build) => build.fn.sum<number | null>('calls').as('calls')),
    );
    return Number(row?.calls ?? 0);
  };
  return {
    memo: await committedCalls(database, runId),
    spend: await sum('spend'),
    totals: await sum('spend_totals'),
  };
}

type ResultTable = 'evaluations' | 'candidates' | 'reward_versions';

async function rowsOf(database: Database, table: ResultTable, runId: string): Promise<Record<string, unknown>[]> {
  return database.read(database.queries.selectFrom(table).where('run_id', '=', runId).selectAll());
}

function comparable(rows: Record<string, unknown>[]): string[] {
  return rows
    .map((row) => JSON.stringify(Object.fromEntries(Object.entries(row).filter(([column]) => !unequal.has(column)))))
    .sort();
}

async function missingBlobs(database: Database, names: unknown[]): Promise<number> {
  const wanted = new Set(names.filter((name) => typeof name === 'string'));
  const rows = await database.read(database.queries.selectFrom('blobs').select('sha256'));
  for (const { sha256 } of rows) wanted.delete(sha256);
  return wanted.size;
}

type CountedTable = ResultTable | 'ledger' | 'memo' | 'memo_leases' | 'reservations';

async function countRows(
  database: Database,
  table: CountedTable,
  narrow: (query: CountQuery) => CountQuery,
): Promise<number> {
  const query = database.queries.selectFrom(table) as unknown as CountQuery;
  const rows = await database.read(narrow(query).select((build) => build.fn.countAll<number>().as('count')));
  return Number(rows[0]?.count ?? 0);
}

/** The columns that the counted tables are narrowed by, whichever the table. */
type CountQuery = SelectQueryBuilder<
  { counted: { run_id: string; kind: string; expires_at: number } },
  'counted',
  object
>;
