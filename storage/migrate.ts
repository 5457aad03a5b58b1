import type { Dialect, Query } from './driver';
import { StorageError } from './storage-error';

/** One numbered, atomic step of the schema. Never changed once released. */
export interface Migration {
  version: number;
  name: string;
  queries(dialect: Dialect): Query[];
}

/**
 * Brings the schema to the newest version known. Safe while other processes do the same: every step first claims its
 * version number in the same transaction, so the loser of a race changes nothing and looks again.
 *
 * @throws StorageError `NEWER_SCHEMA`.
 */
export async function migrate(dialect: Dialect, migrations: readonly Migration[], now: () => number): Promise<void> {
  const { driver, queries } = dialect;
  const known = migrations.at(-1)?.version ?? 0;
  if (!(await dialect.tableNames()).includes('optimas_schema')) {
    const schema = queries.schema
      .createTable('optimas_schema')
      .ifNotExists()
      .addColumn('version', 'integer', (column) => column.notNull().primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('applied_at', 'bigint', (column) => column.notNull());
    await driver.write([schema.compile()]);
  }
  for (let current = await schemaVersion(dialect); current !== known; current = await schemaVersion(dialect)) {
    if (current > known) {
      throw new StorageError(
        'NEWER_SCHEMA',
        `this database was written by a newer Optimas (schema ${current}; this version knows 1..${known}): ` +
          'upgrade optimas or use another database',
      );
    }
    const next = migrations.find((migration) => migration.version === current + 1);
    if (next === undefined) throw new Error(`migration ${current + 1} is missing`);
    const claim = queries
      .insertInto('optimas_schema')
      .values({ version: next.version, name: next.name, applied_at: now() });
    try {
      await driver.write([claim, ...next.queries(dialect)].map((query) => query.compile()));
    } catch (error) {
      const lostRace = StorageError.isInstance(error) && error.code === 'CONSTRAINT';
      if (!lostRace || (await schemaVersion(dialect)) === current) throw error;
    }
  }
}

/** Steps that the schema lacks; below 0 for the database of a newer Optimas. */
export async function missingSteps(dialect: Dialect, migrations: readonly Migration[]): Promise<number> {
  const known = migrations.at(-1)?.version ?? 0;
  return (await dialect.tableNames()).includes('optimas_schema') ? known - (await schemaVersion(dialect)) : known;
}

async function schemaVersion({ driver, queries }: Dialect): Promise<number> {
  const [row] = await driver.read(
    queries
      .selectFrom('optimas_schema')
      .select((build) => build.fn.max('version').as('version'))
      .compile(),
  );
  return Number(row?.version ?? 0);
}
