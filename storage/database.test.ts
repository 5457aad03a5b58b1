import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { CompiledQuery } from 'kysely';
import Libsql from 'libsql';
import { databaseKinds, TestDatabases } from '../test/support/test-databases';
import { CandidateStore } from './candidate-store';
import { inspectDatabase, openDatabase, type Database } from './database';
import { databaseFile } from './database-url';
import { openLibsql } from './libsql-dialect';
import { migrate } from './migrate';
import { migrations } from './migrations';
import { openPostgres } from './postgres-dialect';
import { postgresAddress } from './postgres-url';
import { TemporaryFolder } from './testing/temporary-folder';

jest.setTimeout(60_000);

const raw = (sql: string, parameters: unknown[] = []) => ({ compile: () => CompiledQuery.raw(sql, parameters) });

function count(database: Database, runId: string, value = 1) {
  return database.queries.insertInto('counters').values({ run_id: runId, name: 'n', value });
}

async function counted(database: Database): Promise<number> {
  return (await database.read(database.queries.selectFrom('counters').select('run_id'))).length;
}

describe.each(databaseKinds)('a database on %s', (kind) => {
  const databases = new TestDatabases(kind);

  it('migrates once when many open a new one at the same time', async () => {
    const opened = await Promise.all(Array.from({ length: 6 }, () => databases.open()));
    const [database] = opened as [Database];
    expect(
      await database.read(database.queries.selectFrom('optimas_schema').select('version').orderBy('version')),
    ).toEqual(migrations.map(({ version }) => ({ version })));
  });

  it('is looked at without being changed', async () => {
    const missing = async () => (await inspectDatabase(databases.url)).missingSteps;
    /** Bytes of the file, names of the tables. */
    const contents = async (): Promise<string> => {
      if (kind === 'file') return readFile(databaseFile(databases.url), 'utf8');
      const waiting = { signal: undefined, patienceMs: 1_000, inspecting: true };
      const dialect = await openPostgres(postgresAddress(databases.url), waiting);
      return (await dialect.tableNames().finally(() => dialect.driver.close())).join();
    };
    if (kind === 'file') await writeFile(databaseFile(databases.url), '');
    expect(await missing()).toBe(migrations.length);
    expect(await contents()).toBe('');
    const database = await databases.open();
    expect(await missing()).toBe(0);
    await database.write([
      database.queries.insertInto('optimas_schema').values({ version: 99, name: 'future', applied_at: 0 }),
    ]);
    expect(await missing()).toBeLessThan(0);
  });

  it('takes the steps that it lacks and keeps what it has', async () => {
    const first = migrations.slice(0, 1);
    const waiting = { signal: undefined, patienceMs: 1_000 };
    const dialect =
      kind === 'file'
        ? await openLibsql(databaseFile(databases.url), waiting)
        : await openPostgres(postgresAddress(databases.url), waiting);
    await migrate(dialect, first, Date.now);
    const key = { run_id: 'old', iteration: 0, component: 'c', example_id: 'e', candidate_index: 0 };
    const old = {
      ...key,
      inputs: '{}',
      outputs: '{}',
      origin: 'base',
      configuration_hash: 'h',
      scores: '[1]',
      failure: null,
    };
    await dialect.driver.write([
      dialect.queries.insertInto('counters').values({ run_id: 'old', name: 'n', value: 7 }).compile(),
      // Of before there were alternatives: the step that adds their column keeps the row.
      dialect.queries
        .insertInto('candidates')
        .values(old as never)
        .compile(),
    ]);
    await dialect.driver.close();
    expect((await inspectDatabase(databases.url)).missingSteps).toBe(migrations.length - 1);
    const database = await databases.open();
    expect(await database.read(database.queries.selectFrom('counters').selectAll())).toEqual([
      { run_id: 'old', name: 'n', value: 7 },
    ]);
    const [candidate] = await new CandidateStore(database).list('old');
    expect(candidate).toMatchObject({ component: 'c', scores: [1] });
    expect(candidate).not.toHaveProperty('alternatives');
    expect((await inspectDatabase(databases.url)).missingSteps).toBe(0);
  });

  it('refuses a schema from a newer version', async () => {
    const database = await databases.open();
    await database.write([
      database.queries.insertInto('optimas_schema').values({ version: 99, name: 'future', applied_at: 0 }),
    ]);
    await expect(databases.open()).rejects.toMatchObject({
      code: 'NEWER_SCHEMA',
      message:
        `this database was written by a newer Optimas (schema 99; this version knows 1..${migrations.length}): ` +
        'upgrade optimas or use another database',
    });
  });

  it('shares transactions without sharing failures', async () => {
    const database = await databases.open();
    await database.write([count(database, 'taken')]);
    const results = await Promise.allSettled([
      database.write([count(database, 'a'), count(database, 'b')]),
      database.write([count(database, 'c'), count(database, 'taken')]),
      database.write([count(database, 'd')]),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[0]).toMatchObject({ value: [1, 1] });
    expect(results[1]).toMatchObject({ reason: { code: 'CONSTRAINT' } });
    const rows = await database.read(database.queries.selectFrom('counters').select('run_id').orderBy('run_id'));
    expect(rows.map((row) => row.run_id)).toEqual(['a', 'b', 'd', 'taken']);
  });

  it('finishes writes under way before it closes, and refuses later ones', async () => {
    const database = await databases.open();
    const writing = database.write([count(database, 'r')]);
    await database.close();
    expect(await writing).toEqual([1]);
    expect(await counted(await databases.open())).toBe(1);
    await expect(database.write([count(database, 's')])).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(counted(database)).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('gives back numbers, bytes and texts as they were', async () => {
    const database = await databases.open();
    const row = {
      ...{ key: "it's \\x $1 ä 😀\n", kind: '', run_id: 'r', value: 'v', model: null },
      ...{ prompt_tokens: Number.MAX_SAFE_INTEGER, completion_tokens: -1, created_at: 0 },
      ...{ usd: 0.1 + 0.2, latency_ms: 5e-324 },
    };
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    await database.write([
      database.queries.insertInto('memo').values(row),
      database.queries.insertInto('blobs').values({ sha256: 'x', bytes, content_type: 'x', size: 256 }),
    ]);
    expect(await database.read(database.queries.selectFrom('memo').selectAll())).toEqual([row]);
    const [blob] = await database.read(database.queries.selectFrom('blobs').selectAll());
    expect(blob).toEqual({ sha256: 'x', bytes, content_type: 'x', size: 256 });
    expect(Object.getPrototypeOf(blob?.bytes)).toBe(Uint8Array.prototype);
  });

  it('runs many large batches at once', async () => {
    const database = await databases.open();
    const bytes = new Uint8Array(200_000);
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        database.write([
          count(database, `${index}`),
          database.queries
            .insertInto('blobs')
            .values({ sha256: `${index}`, bytes, content_type: 'x', size: bytes.length }),
        ]),
      ),
    );
    expect(await counted(database)).toBe(40);
  });
});

describe('a file', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await TemporaryFolder.create();
  });
  afterEach(() => folder.remove());

  it('creates missing folders and opens an existing file again', async () => {
    const first = await folder.open({ name: 'a b/c#%25/optimas.db' });
    await first.write([count(first, 'r')]);
    const again = await folder.open({ name: 'a b/c#%25/optimas.db' });
    expect(await counted(again)).toBe(1);
    expect((await readFile(folder.file('a b/c#%25/optimas.db'))).subarray(0, 15).toString()).toBe('SQLite format 3');
    expect(await again.read(raw('pragma journal_mode'))).toEqual([{ journal_mode: 'wal' }]);
  });

  it.each(['mysql://user:secret@host/db', 'optimas.db', 'file::memory:', 'file:', 'file:x.db?mode=ro'])(
    'refuses the URL %s',
    async (url) => {
      const opening = openDatabase(url);
      await expect(opening).rejects.toMatchObject({ name: 'StorageError', code: 'UNSUPPORTED_URL' });
      await expect(opening).rejects.toThrow("for example 'file:./optimas.db'");
      await expect(opening).rejects.not.toThrow('secret');
    },
  );

  it('says which path cannot be written', async () => {
    await writeFile(folder.file('plain'), '');
    const opening = openDatabase(folder.url('plain/optimas.db'));
    await expect(opening).rejects.toMatchObject({ code: 'NOT_WRITABLE' });
    await expect(opening).rejects.toThrow(`${folder.file('plain/optimas.db')}`);
    await expect(openDatabase(`file://${folder.path}`)).rejects.toMatchObject({ code: 'NOT_WRITABLE' });
  });

  it('says so when the database turns read-only', async () => {
    const database = await folder.open();
    await database.read(raw('pragma query_only = on'));
    await expect(database.write([count(database, 'r')])).rejects.toMatchObject({ code: 'NOT_WRITABLE' });
  });

  it('refuses a file that is no database, a damaged one, and one of another program', async () => {
    await writeFile(folder.file('text.db'), 'this is a text of some length, and certainly no database '.repeat(50));
    await expect(folder.open({ name: 'text.db' })).rejects.toMatchObject({ code: 'NOT_A_DATABASE' });

    const database = await folder.open({ name: 'damaged.db' });
    await database.close();
    const bytes = await readFile(folder.file('damaged.db'));
    await writeFile(folder.file('damaged.db'), bytes.fill(0x5a, 100));
    await expect(folder.open({ name: 'damaged.db' })).rejects.toMatchObject({ code: 'NOT_A_DATABASE' });

    const other = new Libsql(folder.file('other.db'));
    other.exec('create table songs (title text)');
    other.close();
    await expect(folder.open({ name: 'other.db' })).rejects.toThrow("another program's database");
  });

  it('says so when the disk is full, keeps nothing of the batch, and works again with space', async () => {
    const database = await folder.open();
    const [{ page_count: pages } = { page_count: 0 }] = (await database.read(raw('pragma page_count'))) as {
      page_count: number;
    }[];
    await database.read(raw(`pragma max_page_count = ${pages + 2}`));
    const blob = database.queries
      .insertInto('blobs')
      .values({ sha256: 'x', bytes: new Uint8Array(100_000), content_type: 'x', size: 100_000 });
    const writing = database.write([count(database, 'r'), blob]);
    await expect(writing).rejects.toMatchObject({ code: 'DISK_FULL' });
    await expect(writing).rejects.toThrow('free some space');
    expect(await counted(database)).toBe(0);
    await database.read(raw('pragma max_page_count = 100000'));
    expect(await database.write([count(database, 'r'), blob])).toEqual([1, 1]);
  });

  it('waits for another writer without freezing the process, from eight databases at once', async () => {
    const databases = await Promise.all(Array.from({ length: 8 }, () => folder.open()));
    const other = new Libsql(folder.file());
    other.exec('begin immediate');
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 5);
    const writing = Promise.all(
      databases.flatMap((database, index) =>
        Array.from({ length: 10 }, (_, item) => database.write([count(database, `${index}/${item}`)])),
      ),
    );
    while (ticks < 3) await new Promise((resolve) => setTimeout(resolve, 20));
    clearInterval(ticking);
    other.exec('rollback');
    other.close();
    await writing;
    expect(await counted(databases[0] as Database)).toBe(80);
  });

  it('reads what was written while it waited, and later', async () => {
    const database = await folder.open();
    const other = new Libsql(folder.file());
    const insert = (id: string) => other.exec(`insert into counters values ('${id}', 'n', 1)`);
    other.exec('begin immediate');
    insert('a');
    const writing = database.write([count(database, 'b')]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await counted(database)).toBe(0);
    other.exec('commit');
    await writing;
    insert('c');
    expect(await counted(database)).toBe(3);
    other.close();
  });

  it('opens once another process no longer has the file for itself, and does not stay behind', async () => {
    const other = new Libsql(folder.file());
    other.exec('create table optimas_schema (version integer primary key, name text, applied_at bigint)');
    other.exec('begin exclusive');
    const opening = folder.open();
    await new Promise((resolve) => setTimeout(resolve, 150));
    other.exec('commit');
    const database = await opening;
    expect(await counted(database)).toBe(0);
    other.exec("insert into counters values ('a', 'n', 1)");
    expect(await counted(database)).toBe(1);
    expect(await database.write([count(database, 'b')])).toEqual([1]);
    other.close();
  });

  it('gives up waiting when the signal is aborted', async () => {
    const controller = new AbortController();
    const database = await folder.open({ signal: controller.signal });
    const other = new Libsql(folder.file());
    other.exec('begin immediate');
    const writing = database.write([count(database, 'r')]);
    setTimeout(() => controller.abort(new Error('shutting down')), 100);
    await expect(writing).rejects.toThrow('shutting down');
    other.exec('rollback');
    other.close();
  });

  it('leaves the whole database in the one file when it closes', async () => {
    const database = await folder.open();
    await database.write([count(database, 'r')]);
    await database.close();
    await copyFile(folder.file(), folder.file('copy.db'));
    expect(await counted(await folder.open({ name: 'copy.db' }))).toBe(1);
  });
});
