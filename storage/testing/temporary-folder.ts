import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openDatabase, type Database, type OpenOptions } from '../database';

/** A folder for one test, with the databases opened in it. */
export class TemporaryFolder {
  private readonly databases: Database[] = [];

  private constructor(readonly path: string) {}

  static async create(): Promise<TemporaryFolder> {
    return new TemporaryFolder(await mkdtemp(join(tmpdir(), 'optimas-storage-')));
  }

  file(name = 'optimas.db'): string {
    return join(this.path, name);
  }

  url(name?: string): string {
    return pathToFileURL(this.file(name)).href;
  }

  async open(options: OpenOptions & { name?: string } = {}): Promise<Database> {
    const database = await openDatabase(this.url(options.name), options);
    this.databases.push(database);
    return database;
  }

  async remove(): Promise<void> {
    await Promise.all(this.databases.map((database) => database.close()));
    await rm(this.path, { recursive: true, force: true });
  }
}
