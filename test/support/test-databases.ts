import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { postgresInstalled, startPostgres, type PostgresServer } from './postgres-server';
import { openDatabase, type Database, type OpenOptions } from '../../storage/database';

export type DatabaseKind = 'file' | 'postgres';

/** For `describe.each`: PostgreSQL where it is installed; `startPostgres` says so where it is not. */
export const databaseKinds: readonly DatabaseKind[] = postgresInstalled() ? ['file', 'postgres'] : ['file'];
if (!postgresInstalled()) void startPostgres();

/** One server for all tests of a file, which is started by the first that asks for it. */
let server: Promise<PostgresServer | undefined> | undefined;

export function testServer(): Promise<PostgresServer> {
  server ??= startPostgres();
  return server.then((started) => {
    if (started === undefined) throw new Error('PostgreSQL is not installed');
    return started;
  });
}

afterAll(async () => (await server)?.stop());

/** A database for each test of a `describe` block, empty at its start, and what was opened on it. */
export class TestDatabases {
  private readonly opened: Database[] = [];
  private folder = '';
  private address = '';

  constructor(readonly kind: DatabaseKind) {
    beforeEach(async () => {
      this.folder = await mkdtemp(join(tmpdir(), 'optimas-storage-'));
      this.address =
        kind === 'file'
          ? pathToFileURL(join(this.folder, 'optimas.db')).href
          : await (await testServer()).freshDatabase();
    }, 60_000);
    afterEach(async () => {
      await Promise.all(this.opened.splice(0).map((database) => database.close()));
      await rm(this.folder, { recursive: true, force: true });
    });
  }

  get url(): string {
    return this.address;
  }

  /** A path for a file of the test. */
  file(name: string): string {
    return join(this.folder, name);
  }

  /** Opens the test's database, once more on each call. */
  async open(options: OpenOptions = {}): Promise<Database> {
    const database = await openDatabase(this.address, options);
    this.opened.push(database);
    return database;
  }
}
