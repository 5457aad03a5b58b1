import Libsql from 'libsql';
import { backoff, delay } from './delay';
import type { Statement, Waiting } from './driver';
import { isBusy, libsqlFailure } from './libsql-failure';

/** libSQL waits for a lock by blocking the event loop: it waits this long, and the rest of the time is ours. */
const busyTimeoutMs = 20;
const mostPrepared = 200;

/**
 * The one connection of this process to a libSQL (SQLite) file. libSQL runs statements synchronously, so a second one
 * would gain nothing, and pragmas belong to a connection.
 *
 * A *prepared* statement that meets a lock is never reset by libSQL: until it is garbage collected, the connection
 * keeps reading an old snapshot and can no longer write (SQLITE_BUSY_SNAPSHOT). So what takes the write lock goes through
 * `exec`, which finalizes, and a read that meets a lock tries again with the same statement, which resets it.
 * (`@libsql/client` prepares its BEGIN anew each time: with several processes its reads go stale.)
 */
export class LibsqlConnection {
  private readonly connection: Libsql.Database;
  private readonly prepared = new Map<string, Libsql.Statement<unknown[]>>();
  private relaxed = false;
  private written = false;
  private closed = false;

  /** @throws Error when the file cannot be opened or created. */
  constructor(
    private readonly path: string,
    private readonly waiting: Waiting,
  ) {
    this.connection = new Libsql(path, { timeout: busyTimeoutMs });
  }

  /** @throws StorageError */
  all({ sql, parameters }: Statement): Promise<Record<string, unknown>[]> {
    let statement: Libsql.Statement<unknown[]> | undefined;
    return this.patiently(() => {
      statement ??= this.prepare(sql);
      return statement.all(parameters) as Record<string, unknown>[];
    });
  }

  /** Runs SQL without parameters and result outside a transaction. @throws StorageError */
  async execute(sql: string): Promise<void> {
    await this.patiently(() => this.connection.exec(sql));
  }

  /**
   * Runs the statements in one transaction, without yielding between BEGIN and COMMIT, so that nothing of this process
   * comes between.
   *
   * @returns rows affected, per statement.
   * @throws StorageError
   */
  transact(statements: readonly Statement[], relaxed: boolean): Promise<number[]> {
    return this.patiently(() => {
      if (relaxed !== this.relaxed) {
        this.connection.exec(`pragma synchronous = ${relaxed ? 'normal' : 'full'}`);
        this.relaxed = relaxed;
      }
      this.connection.exec('begin immediate');
      try {
        const affected = statements.map(({ sql, parameters }) => this.prepare(sql).run(parameters).changes);
        this.connection.exec('commit');
        this.written ||= statements.length > 0;
        return affected;
      } catch (error) {
        // A full disk has rolled the transaction back already.
        if (this.connection.inTransaction) this.connection.exec('rollback');
        throw error;
      }
    });
  }

  /** Moves everything into the main file where no other process reads, so that a copy of that file is complete. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    try {
      if (this.written) this.connection.exec('pragma wal_checkpoint(truncate)');
    } catch {
      // What was committed is safe in the write-ahead log, and the next to open the database moves it.
    }
    this.prepared.clear();
    this.connection.close();
  }

  private prepare(sql: string): Libsql.Statement<unknown[]> {
    const known = this.prepared.get(sql);
    if (known !== undefined) return known;
    if (this.prepared.size >= mostPrepared) this.prepared.clear();
    const statement = this.connection.prepare(sql);
    this.prepared.set(sql, statement);
    return statement;
  }

  private async patiently<Result>(operation: () => Result): Promise<Result> {
    const { signal, patienceMs } = this.waiting;
    const deadline = performance.now() + patienceMs;
    const wait = backoff(5, 100);
    for (;;) {
      try {
        return operation();
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) throw libsqlFailure(error, this.path);
      }
      await delay(wait(), signal);
    }
  }
}
