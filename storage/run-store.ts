import type { Json } from '../core/system/json';
import { BlobStore } from './blob-store';
import type { Database } from './database';
import { StorageError } from './storage-error';
import { decodeJson, encodeJson } from './stored-json';

/** One optimization run as the command line lists and shows it. */
export interface RunRecord {
  runId: string;
  system: string;
  seed: number;
  status: string;
  definitionHash: string;
  input: Json;
  /** Absent until the run ends. */
  result: Json | undefined;
  /** Milliseconds since 1970. */
  createdAt: number;
  updatedAt: number;
}

export type NewRun = Pick<RunRecord, 'runId' | 'system' | 'seed' | 'status' | 'definitionHash'> & { input: unknown };

interface RunRow {
  run_id: string;
  system: string;
  seed: number;
  status: string;
  definition_hash: string;
  input: string;
  result: string | null;
  created_at: number;
  updated_at: number;
}

export class RunStore {
  private readonly blobs: BlobStore;

  constructor(private readonly database: Database) {
    this.blobs = new BlobStore(database);
  }

  /** Creates a run; one that exists already stays as it is. Gives what is stored. */
  async create(run: NewRun): Promise<RunRecord> {
    const input = encodeJson(run.input);
    const at = this.database.now();
    await this.database.write([
      ...this.blobs.insertions(input.blobs),
      this.database.queries
        .insertInto('runs')
        .values({
          run_id: run.runId,
          system: run.system,
          seed: run.seed,
          status: run.status,
          definition_hash: run.definitionHash,
          input: input.column,
          result: null,
          created_at: at,
          updated_at: at,
        })
        .onConflict((conflict) => conflict.column('run_id').doNothing()),
    ]);
    return (await this.get(run.runId)) as RunRecord;
  }

  /**
   * Ends a run with its result; one that has ended already stays as it is. Gives what is stored.
   *
   * @throws StorageError `MISSING` when there is no such run.
   */
  async finish(runId: string, ended: { status: string; result: unknown }): Promise<RunRecord> {
    const result = encodeJson(ended.result);
    await this.database.write([
      ...this.blobs.insertions(result.blobs),
      this.database.queries
        .updateTable('runs')
        .where('run_id', '=', runId)
        .where('result', 'is', null)
        .set({ updated_at: this.database.now(), status: ended.status, result: result.column }),
    ]);
    const stored = await this.get(runId);
    if (stored === undefined) throw new StorageError('MISSING', `there is no run '${runId}' in ${this.database.url}`);
    return stored;
  }

  async get(runId: string): Promise<RunRecord | undefined> {
    const rows = await this.database.read(
      this.database.queries.selectFrom('runs').where('run_id', '=', runId).selectAll(),
    );
    return (await this.decode(rows))[0];
  }

  /** Ordered by run id. */
  async list(filter: { system?: string; status?: string } = {}): Promise<RunRecord[]> {
    let query = this.database.queries.selectFrom('runs').selectAll().orderBy('run_id');
    if (filter.system !== undefined) query = query.where('system', '=', filter.system);
    if (filter.status !== undefined) query = query.where('status', '=', filter.status);
    return this.decode(await this.database.read(query));
  }

  private async decode(rows: readonly RunRow[]): Promise<RunRecord[]> {
    const columns = rows.flatMap((row) => [row.input, row.result ?? 'null']);
    const values = await decodeJson(this.blobs, columns);
    return rows.map((row, index) => ({
      runId: row.run_id,
      system: row.system,
      seed: row.seed,
      status: row.status,
      definitionHash: row.definition_hash,
      input: values[index * 2] as Json,
      result: row.result === null ? undefined : (values[index * 2 + 1] as Json),
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    }));
  }
}
