import { type CompiledQuery, DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector } from 'kysely';
import type { Dialect, Driver, Waiting } from './driver';
import { PostgresConnection } from './postgres-connection';
import { marksTable } from './postgres-marks';
import { BytewiseQueryCompiler } from './postgres-query-compiler';
import type { PostgresAddress } from './postgres-url';
import { StorageError } from './storage-error';
import type { Tables } from './tables';
import { WriterQueue } from './writer-queue';

/**
 * Opens a PostgreSQL database, or the schema of it that comes first in its `search_path`.
 *
 * @throws StorageError `UNREACHABLE`, `REFUSED`, `NOT_WRITABLE`, `NOT_A_DATABASE` or `DISK_FULL`.
 */
export async function openPostgres(address: PostgresAddress, waiting: Waiting): Promise<Dialect> {
  const connection = new PostgresConnection(address, waiting);
  const tableNames = async () => {
    const sql = 'select tablename from pg_tables where schemaname = current_schema() order by tablename';
    return (await connection.all({ sql, parameters: [] })).map((row) => String(row['tablename']));
  };
  try {
    const names = await tableNames();
    if (names.length > 0 && !names.some((name) => name.startsWith('optimas_'))) {
      throw new StorageError(
        'NOT_A_DATABASE',
        `${address.label} is another program's database (it has the table '${names[0]}'); use another database, ` +
          'or a schema of its own (?options=-csearch_path%3Doptimas)',
      );
    }
    if (waiting.inspecting !== true) await connection.prepareMarks(names.includes(marksTable));
  } catch (error) {
    await connection.close();
    throw error;
  }
  const queries = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new BytewiseQueryCompiler(),
    },
  });
  return { driver: postgresDriver(connection), queries, bytesType: 'bytea', tableNames };
}

function postgresDriver(connection: PostgresConnection): Driver {
  const queue = new WriterQueue<CompiledQuery>((queries, { relaxed }) => connection.transact(queries, relaxed));
  return {
    read: async <Row>(query: CompiledQuery<Row>) => (await connection.all(query)) as Row[],
    write: (queries, { relaxed = false } = {}) => queue.write(queries, relaxed),
    async close() {
      await queue.idle();
      await connection.close();
    },
  };
}
