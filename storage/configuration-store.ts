import { configurationHash, type Configuration } from '../core/system/configuration';
import { BlobStore } from './blob-store';
import { chunked } from './chunked';
import type { Database } from './database';
import { StorageError } from './storage-error';
import { decodeJson, encodeJson } from './stored-json';

/** Configurations under their content hash. */
export class ConfigurationStore {
  private readonly blobs: BlobStore;

  constructor(private readonly database: Database) {
    this.blobs = new BlobStore(database);
  }

  /** Gives the configuration's hash (`configurationHash`). */
  async put(configuration: Configuration): Promise<string> {
    const [hash] = await this.putMany([configuration]);
    return hash as string;
  }

  /** Hashes in the order of `configurations`. */
  async putMany(configurations: readonly Configuration[]): Promise<string[]> {
    const hashes = configurations.map(configurationHash);
    await this.database.write(
      configurations.flatMap((configuration, index) => {
        const value = encodeJson(configuration);
        return [
          ...this.blobs.insertions(value.blobs),
          this.database.queries
            .insertInto('configurations')
            .values({ hash: hashes[index] as string, value: value.column })
            .onConflict((conflict) => conflict.column('hash').doNothing()),
        ];
      }),
    );
    return hashes;
  }

  /** @throws StorageError `MISSING`. */
  async get(hash: string): Promise<Configuration> {
    return (await this.getMany([hash])).get(hash) as Configuration;
  }

  /** Configurations by hash. @throws StorageError `MISSING` naming the first hash that is not there. */
  async getMany(hashes: readonly string[]): Promise<Map<string, Configuration>> {
    const found = new Map<string, Configuration>();
    for (const chunk of chunked([...new Set(hashes)], 500)) {
      const rows = await this.database.read(
        this.database.queries.selectFrom('configurations').where('hash', 'in', chunk).orderBy('hash').selectAll(),
      );
      const values = await decodeJson(
        this.blobs,
        rows.map((row) => row.value),
      );
      rows.forEach((row, index) => found.set(row.hash, values[index] as Configuration));
    }
    const lost = hashes.find((hash) => !found.has(hash));
    if (lost !== undefined) {
      throw new StorageError(
        'MISSING',
        `configuration ${lost} is not in ${this.database.url}: was the file replaced? restore a backup`,
      );
    }
    return found;
  }
}
