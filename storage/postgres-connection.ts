import { randomUUID } from 'node:crypto';
import { Pool, type PoolClient, type QueryResult } from 'pg';
import { backoff, delay } from './delay';
import type { Statement, Waiting } from './driver';
import { orAborted } from './or-aborted';
import { postgresFailure } from './postgres-failure';
import { createMarks, markOf, marking, removeOldMarks } from './postgres-marks';
import { columnTypes } from './postgres-types';
import type { PostgresAddress } from './postgres-url';

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
 * under the lock whether its mark is there: what was committed is not done twice, and its result is known.
 */
export class PostgresConnection {
  private readonly readers: Pool;
  private readonly writer: Pool;
  private readonly writerId = randomUUID();
  private transactions = 0;
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
      made.on('connect', (client) => void client.on('error', () => undefined));
      return made;
    };
    this.readers = pool(readConnections);
    this.writer = pool(1);
  }

  /** @throws StorageError */
  all(statement: Statement): Promise<Record<string, unknown>[]> {
    return this.patiently(() =>
      this.withClient(this.readers, async (client) => {
        const [result] = await this.pipelined(client, [statement]);
        return result?.rows as Record<string, unknown>[];
      }),
    );
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
    return this.patiently(() => {
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
        }
        const results = await this.pipelined(client, again ? statements : [opening, ...statements]);
        const affected = (again ? results : results.slice(1)).map((result) => result.rowCount ?? 0);
        this.waiting.signal?.throwIfAborted();
        await this.commit(client, marking(this.writerId, number, affected));
        return affected;
      });
    });
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

  private async patiently<Result>(operation: () => Promise<Result>): Promise<Result> {
    const { signal, patienceMs } = this.waiting;
    const deadline = performance.now() + patienceMs;
    const wait = backoff(20, 1_000);
    for (;;) {
      try {
        return await operation();
      } catch (error) {
        signal?.throwIfAborted();
        const { error: failure, passing } = postgresFailure(error, this.address.label);
        if (!passing || performance.now() > deadline) throw failure;
      }
      await delay(wait(), signal);
    }
  }
}

/**
 * The lock orders the writers of all processes: a batch sees all that was committed before it, and nothing of it is taken
 * back for the sake of another. It ends with the transaction.
 */
function openingOf(relaxed: boolean): Statement {
  const statements = [
    'begin',
    `set local lock_timeout = '${lockLimit}'`,
    `set local idle_in_transaction_session_timeout = '${idleLimit}'`,
    ...(relaxed ? ['set local synchronous_commit = off'] : []),
    "select pg_advisory_xact_lock(hashtextextended('optimas ' || current_schema(), 0))",
  ];
  return { sql: statements.join('; '), parameters: [] };
}
