import { randomUUID } from 'node:crypto';
import { Pool, type PoolClient, type QueryResult } from 'pg';
import { backoff, delay } from './delay';
import type { Statement, Waiting } from './driver';
import { orAborted } from './or-aborted';
import { leavesCommitOpen, postgresFailure } from './postgres-failure';
import { createMarks, markOf, marking, removeOldMarks } from './postgres-marks';
import { columnTypes } from './postgres-types';
import type { PostgresAddress } from './postgres-url';
import { Semaphore } from './semaphore';
import { StorageError } from './storage-error';

const readConnections = 3;
/** The longest wait for a reply: a connection that says nothing any more is given up. */
const replyLimitMs = 60_000;
/** The longest wait for the lock at once, and how long a process that no longer answers can keep it from the others. */
const lockLimit = '20s';
const idleLimit = '10s';
const commit: Statement = { sql: 'commit', parameters: [] };

/**
 * The connections of this process to a PostgreSQL database: some for reads, one for writes.
 *
 * A write transaction takes two round trips: the lock that all our writers share and the statements, then its mark (its
 * number, with the rows affected) and the commit. When the connection is lost, the transaction is tried again, and finds
 * under the lock whether its mark is there: what was committed is not done twice, and its result is known. Where it fails
 * for good before it has looked, after a commit that had no reply, the outcome is unknown: `UNREACHABLE`.
 */
export class PostgresConnection {
  private readonly readers: Pool;
  /** The pool would count the wait for a free connection as a wait for the server, and give up soon. */
  private readonly freeReaders = new Semaphore(readConnections);
  private readonly writer: Pool;
  private readonly writerId = randomUUID();
  private transactions = 0;
  private connected = false;
  /** While the outcome of a transaction is on its way, which an abort would hide. */
  private committing = false;

  constructor(
    private readonly address: PostgresAddress,
    private readonly waiting: Waiting,
  ) {
    const pool = (max: number): Pool => {
      const made = new Pool({
        ...address.client,
        max,
        types: columnTypes,
        pipeline: true,
        keepAlive: true,
        query_timeout: replyLimitMs,
        allowExitOnIdle: true,
      });
      // Whoever uses a lost connection gets the error; without listeners it would end the process as well.
      made.on('error', () => undefined);
      made.on('connect', (client) => {
        this.connected = true;
        client.on('error', () => undefined);
      });
      return made;
    };
    this.readers = pool(readConnections);
    this.writer = pool(1);
  }

  /** @throws StorageError */
  all(statement: Statement): Promise<Record<string, unknown>[]> {
    const read = async (client: PoolClient): Promise<Record<string, unknown>[]> => {
      const [result] = await this.pipelined(client, [statement]);
      return result?.rows as Record<string, unknown>[];
    };
    return this.patiently(() => this.freeReaders.run(() => this.withClient(this.readers, read)));
  }

  /**
   * Runs the statements in one transaction. Not to be called again before it has ended.
   *
   * @returns rows affected, per statement.
   * @throws StorageError
   */
  transact(statements: readonly Statement[], relaxed: boolean): Promise<number[]> {
    const number = ++this.transactions;
    let attempts = 0;
    /** A commit was sent, and what became of it is not known yet. */
    let open = false;
    const attempt = (): Promise<number[]> => {
      const again = attempts++ > 0;
      return this.withClient(this.writer, async (client) => {
        const opening = openingOf(relaxed);
        if (again) {
          const replies = await this.pipelined(client, [opening, markOf(this.writerId, number)]);
          const mark = replies[1]?.rows[0] as { affected: string } | undefined;
          if (mark !== undefined) {
            await client.query('rollback');
            return JSON.parse(mark.affected) as number[];
          }
          open = false;
        }
        const results = await this.pipelined(client, again ? statements : [opening, ...statements]);
        const affected = (again ? results : results.slice(1)).map((result) => result.rowCount ?? 0);
        this.waiting.signal?.throwIfAborted();
        open = true;
        try {
          await this.commit(client, marking(this.writerId, number, affected));
        } catch (error) {
          open = leavesCommitOpen(error);
          throw error;
        }
        return affected;
      });
    };
    return this.patiently(attempt, () => open);
  }

  /** Makes the table of the marks, unless it is there, and removes marks that no one needs any more. */
  async prepareMarks(there: boolean): Promise<void> {
    const statements = [openingOf(false), ...(there ? [] : [createMarks]), removeOldMarks, commit];
    await this.patiently(() => this.withClient(this.writer, (client) => this.pipelined(client, statements)));
  }

  /** Waits for what is under way, then closes all connections. */
  async close(): Promise<void> {
    await Promise.all([this.readers.end(), this.writer.end()]);
  }

  private async commit(client: PoolClient, mark: Statement): Promise<void> {
    this.committing = true;
    try {
      await this.pipelined(client, [mark, commit]);
    } finally {
      this.committing = false;
    }
  }

  /** Sends all statements at once and waits for all replies; the first failure counts. */
  private async pipelined(client: PoolClient, statements: readonly Statement[]): Promise<QueryResult[]> {
    const sent = statements.map(({ sql, parameters }) => client.query(sql, [...parameters]));
    const replies = await Promise.allSettled(sent);
    return replies.map((reply) => {
      if (reply.status === 'rejected') throw reply.reason;
      return reply.value;
    });
  }

  /** A connection on which anything failed is not used again, so that no half-open transaction stays on it. */
  private async withClient<Result>(pool: Pool, use: (client: PoolClient) => Promise<Result>): Promise<Result> {
    const { signal } = this.waiting;
    const connecting = pool.connect();
    const client = await orAborted(connecting, signal, () => {
      void connecting.then(
        (late) => late.release(),
        () => undefined,
      );
    });
    const cut = (): void => {
      if (pool !== this.writer || !this.committing) client.connection.stream.destroy();
    };
    signal?.addEventListener('abort', cut, { once: true });
    if (signal?.aborted === true) cut();
    let failed = true;
    try {
      const result = await use(client);
      failed = false;
      return result;
    } finally {
      signal?.removeEventListener('abort', cut);
      client.release(failed);
    }
  }

  private async patiently<Result>(operation: () => Promise<Result>, open = () => false): Promise<Result> {
    const { signal, patienceMs } = this.waiting;
    const deadline = performance.now() + patienceMs;
    const wait = backoff(20, 1_000);
    for (;;) {
      try {
        return await operation();
      } catch (error) {
        signal?.throwIfAborted();
        const { error: failure, passing } = postgresFailure(error, this.address.label, this.connected);
        if (!passing || performance.now() > deadline) throw open() ? outcomeUnknown(failure) : failure;
      }
      await delay(wait(), signal);
    }
  }
}

/** Nobody may take it for a refusal, and run the statements again in another transaction. */
function outcomeUnknown(failure: StorageError): StorageError {
  const message = `${failure.message}; whether the last write before that was stored is not known`;
  return new StorageError('UNREACHABLE', message, { cause: failure });
}

/**
 * The lock orders the writers of all processes: a batch sees all that was committed before it, and nothing of it is taken
 * back for the sake of another. It ends with the transaction. What server, database or user have as their defaults does
 * not matter: at a higher isolation level than this, a batch would see what was there before it had the lock.
 */
function openingOf(relaxed: boolean): Statement {
  const statements = [
    'begin isolation level read committed read write',
    'set local statement_timeout = 0',
    `set local lock_timeout = '${lockLimit}'`,
    `set local idle_in_transaction_session_timeout = '${idleLimit}'`,
    ...(relaxed ? ['set local synchronous_commit = off'] : []),
    "select pg_advisory_xact_lock(hashtextextended('optimas ' || current_schema(), 0))",
  ];
  return { sql: statements.join('; '), parameters: [] };
}
