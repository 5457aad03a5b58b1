import type { Kysely } from 'kysely';
import { databaseFile } from './database-url';
import type { Query, WriteOptions } from './driver';
import { openLibsql } from './libsql-dialect';
import { migrate } from './migrate';
import { migrations } from './migrations';
import { openPostgres } from './postgres-dialect';
import { isPostgresUrl, postgresAddress } from './postgres-url';
import { StorageError } from './storage-error';
import type { Tables } from './tables';

/** One open database. Everything that is stored goes through it. */
export interface Database {
  /** Without password and parameters: for messages. */
  readonly url: string;
  /** Builds queries (Kysely); `read` and `write` run them. */
  readonly queries: Kysely<Tables>;
  /** Milliseconds since 1970. */
  now(): number;
  read<Row>(query: Query<Row>): Promise<Row[]>;
  /** Runs all queries as one atomic batch and gives the rows affected by each. */
  write(queries: readonly Query[], options?: WriteOptions): Promise<number[]>;
  /** Waits for writes under way, then closes. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Ends every wait for a lock that another process holds, or for a server, while opening and later. */
  signal?: AbortSignal | undefined;
  /** Milliseconds for which an operation is tried again while the database is locked or away; a minute when not given. */
  patienceMs?: number | undefined;
  /** The clock; for tests. */
  now?: (() => number) | undefined;
}

/**
 * Opens the database behind a `file:` URL, creating folder and file as needed, or a `postgres:` URL, whose database must
 * exist. Creates the tables. Any number of processes may open one database at once.
 *
 * @throws StorageError saying what is wrong with URL, folder, file, server or schema.
 */
export async function openDatabase(url: string, options: OpenOptions = {}): Promise<Database> {
  const now = options.now ?? Date.now;
  const waiting = { signal: options.signal, patienceMs: options.patienceMs ?? 60_000 };
  const address = isPostgresUrl(url) ? postgresAddress(url) : undefined;
  const label = address?.label ?? url;
  const dialect =
    address === undefined ? await openLibsql(databaseFile(url), waiting) : await openPostgres(address, waiting);
  const { driver, queries } = dialect;
  try {
    await migrate(dialect, migrations, now);
  } catch (error) {
    await driver.close();
    throw error;
  }
  let closed: Promise<void> | undefined;
  const checkOpen = () => {
    if (closed !== undefined) throw new StorageError('CLOSED', `database ${label} is closed`);
  };
  return {
    url: label,
    queries,
    now,
    async read<Row>(query: Query<Row>) {
      checkOpen();
      return driver.read<Row>(query.compile());
    },
    async write(batch, writeOptions) {
      checkOpen();
      return batch.length === 0
        ? []
        : driver.write(
            batch.map((query) => query.compile()),
            writeOptions,
          );
    },
    close: () => (closed ??= driver.close()),
  };
}
