import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Dialect, Driver, Waiting } from './driver';
import { LibsqlConnection } from './libsql-connection';
import { refuseNetworkDisk } from './network-disk';
import { StorageError } from './storage-error';
import type { Tables } from './tables';
import { WriterQueue } from './writer-queue';

/**
 * Opens a libSQL (SQLite) file.
 *
 * @throws StorageError `NOT_WRITABLE`, `NETWORK_DISK`, `NOT_A_DATABASE`, `DISK_FULL` or `BUSY`.
 */
export async function openLibsql(path: string, waiting: Waiting): Promise<Dialect> {
  const connection = await connect(path, waiting);
  const tableNames = async () => {
    const sql = "select name from sqlite_master where type = 'table' order by name";
    return (await connection.all({ sql, parameters: [] })).map((row) => String(row.name));
  };
  try {
    const names = await tableNames();
    if (names.length > 0 && !names.includes('optimas_schema')) {
      throw new StorageError(
        'NOT_A_DATABASE',
        `${path} is another program's database (it has the table '${names[0]}'); use another file`,
      );
    }
    if (waiting.inspecting !== true) {
      await connection.execute('pragma journal_mode = wal');
      // Fails here, at once, where the disk is read-only.
      await connection.transact([], false);
    }
  } catch (error) {
    connection.close();
    throw error;
  }
  const queries = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
  return { driver: libsqlDriver(connection), queries, bytesType: 'blob', tableNames };
}

async function connect(path: string, waiting: Waiting): Promise<LibsqlConnection> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await refuseNetworkDisk(dirname(path));
    return new LibsqlConnection(path, waiting);
  } catch (cause) {
    if (StorageError.isInstance(cause)) throw cause;
    throw new StorageError(
      'NOT_WRITABLE',
      `cannot open or create the database file ${path} (${cause instanceof Error ? cause.message : String(cause)}): ` +
        'check that its folder exists, is writable and not on a read-only disk, or use another file',
      { cause },
    );
  }
}

function libsqlDriver(connection: LibsqlConnection): Driver {
  const queue = new WriterQueue<CompiledQuery>((queries, { relaxed }) => connection.transact(queries, relaxed));
  return {
    async read<Row>(query: CompiledQuery<Row>) {
      return (await connection.all(query)).map(withByteArrays) as Row[];
    },
    write: (queries, { relaxed = false } = {}) => queue.write(queries, relaxed),
    async close() {
      await queue.idle();
      connection.close();
    },
  };
}

function withByteArrays(row: Record<string, unknown>): Record<string, unknown> {
  for (const [column, value] of Object.entries(row)) {
    if (value instanceof ArrayBuffer) row[column] = new Uint8Array(value);
  }
  return row;
}
