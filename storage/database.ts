import type { Kysely } from 'kysely';
import { databaseFile } from './database-url';
import type { Dialect, Query, Waiting, WriteOptions } from './driver';
import { openLibsql } from './libsql-dialect';
import { migrate, missingSteps } from './migrate';
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
 * Looks at a database that exists without changing it: how many steps its schema lacks, which the next `openDatabase` takes; below 0 for
 * that of a newer Optimas.
 *
 * @throws StorageError as `openDatabase`, but for the schema.
 */
export async function inspectDatabase(
  url: string,
  { signal, patienceMs = 60_000 }: Pick<OpenOptions, 'signal' | 'patienceMs'> = {},
): Promise<{ url: string; missingSteps: number }> {
  const { label, open } = behind(url);
  const dialect = await open({ signal, patienceMs, inspecting: true });
  try {
    return { url: label, missingSteps: await missingSteps(dialect, migrations) };
  } finally {
    await dialect.driver.close();
  }
}

/** What is behind a URL, and its name without password. */
function behind(url: string): { label: string; open: (waiting: Waiting) => Promise<Dialect> } {
  if (!isPostgresUrl(url)) return { label: url, open: (waiting) => openLibsql(databaseFile(url), waiting) };
  const address = postgresAddress(url);
  return { label: address.label, open: (waiting) => openPostgres(address, waiting) };
}

/**
 * Opens the database behind a `file:` URL, creating folder and file as needed, or a `postgres:` URL, whose database must
 * exist. Creates the tables. Any number of processes may open one database at once.
 *
 * @throws StorageError saying what is wrong with URL, folder, file, server or schema.
 */
export async function openDatabase(url: string, options: OpenOptions = {}): Promise<Database> {
  const now = options.now ?? Date.now;
  const { label, open } = behind(url);
  const dialect = await open({ signal: options.signal, patienceMs: options.patienceMs ?? 60_000 });
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
