import { sql } from 'kysely';
import type { Json } from '../core/system/json';
import { BlobStore } from './blob-store';
import type { Database } from './database';
import { decodeJson, encodeJson } from './stored-json';

/** One thing that was decided or happened in a run. */
export interface LedgerEntry {
  /** Unique in the run, the same when an activity is tried again: `iteration/3/decision`, say. */
  key: string;
  /** -1 before the first iteration. */
  iteration: number;
  kind: string;
  body: Json;
}

export interface RecordedEntry extends LedgerEntry {
  /** 1, 2, ... in the order of recording. */
  sequence: number;
  /** Milliseconds since 1970. */
  at: number;
}

/** Append-only record of a run: entries are never changed or removed. */
export class Ledger {
  private readonly blobs: BlobStore;

  constructor(private readonly database: Database) {
    this.blobs = new BlobStore(database);
  }

  /** Appends all in one batch, in order. An entry whose key is there already is left out, whatever its body. */
  async append(runId: string, entries: readonly LedgerEntry[]): Promise<void> {
    const at = this.database.now();
    await this.database.write(
      entries.flatMap(({ key, iteration, kind, body }) => {
        const stored = encodeJson(body);
        return [
          ...this.blobs.insertions(stored.blobs),
          this.database.queries
            .insertInto('ledger')
            .columns(['run_id', 'key', 'sequence', 'iteration', 'kind', 'body', 'at'])
            .expression((build) =>
              build
                .selectFrom('ledger')
                .where('run_id', '=', runId)
                .select([
                  sql.val(runId).as('run_id'),
                  sql.val(key).as('key'),
                  sql<number>`coalesce(max(sequence), 0) + 1`.as('sequence'),
                  sql.val(iteration).as('iteration'),
                  sql.val(kind).as('kind'),
                  sql.val(stored.column).as('body'),
                  sql.val(at).as('at'),
                ]),
            )
            .onConflict((conflict) => conflict.columns(['run_id', 'key']).doNothing()),
        ];
      }),
    );
  }

  async get(runId: string, key: string): Promise<RecordedEntry | undefined> {
    return (await this.select(runId, { key }))[0];
  }

  /** Ordered by sequence. */
  list(runId: string, filter: { kind?: string; iteration?: number } = {}): Promise<RecordedEntry[]> {
    return this.select(runId, filter);
  }

  private async select(
    runId: string,
    filter: { key?: string; kind?: string; iteration?: number },
  ): Promise<RecordedEntry[]> {
    let query = this.database.queries.selectFrom('ledger').where('run_id', '=', runId).orderBy('sequence').selectAll();
    if (filter.key !== undefined) query = query.where('key', '=', filter.key);
    if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind);
    if (filter.iteration !== undefined) query = query.where('iteration', '=', filter.iteration);
    const rows = await this.database.read(query);
    const bodies = await decodeJson(
      this.blobs,
      rows.map((row) => row.body),
    );
    return rows.map((row, index) => ({
      key: row.key,
      iteration: row.iteration,
      kind: row.kind,
      body: bodies[index] as Json,
      sequence: row.sequence,
      at: row.at,
    }));
  }
}
