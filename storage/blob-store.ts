import { canonicalJson, sha256 } from '../core/system/canonical-json';
import type { Json } from '../core/system/json';
import type { Database } from './database';
import type { Query } from './driver';
import { chunked } from './chunked';
import { StorageError } from './storage-error';

/** Small enough to pass through Temporal in place of the content. */
export interface BlobReference {
  sha256: string;
  /** Length in bytes. */
  bytes: number;
  contentType: string;
}

export interface Blob {
  bytes: Uint8Array;
  contentType: string;
}

const jsonType = 'application/json';

/** Content under its SHA-256: equal content is stored once, and is checked whenever it is read. */
export class BlobStore {
  constructor(private readonly database: Database) {}

  async put(bytes: Uint8Array, contentType = 'application/octet-stream'): Promise<BlobReference> {
    const [reference] = await this.putMany([{ bytes, contentType }]);
    return reference as BlobReference;
  }

  /** References in the order of `blobs`. */
  async putMany(blobs: readonly Blob[]): Promise<BlobReference[]> {
    const references = blobs.map(blobReference);
    await this.database.write(this.#insertionsUnder(references, blobs));
    return references;
  }

  /** The same, also where damaged content is under a hash already, which `putMany` leaves as it is. */
  async mendMany(blobs: readonly Blob[]): Promise<BlobReference[]> {
    const references = blobs.map(blobReference);
    const removals = blobs.map(({ bytes }, index) =>
      this.database.queries
        .deleteFrom('blobs')
        .where('sha256', '=', (references[index] as BlobReference).sha256)
        .where('bytes', '!=', bytes),
    );
    await this.database.write([...removals, ...this.#insertionsUnder(references, blobs)]);
    return references;
  }

  /** The queries of `putMany`, to be part of a larger batch. */
  insertions(blobs: readonly Blob[]): Query[] {
    return this.#insertionsUnder(blobs.map(blobReference), blobs);
  }

  #insertionsUnder(references: readonly BlobReference[], blobs: readonly Blob[]): Query[] {
    return blobs.map((blob, index) => {
      const { sha256, bytes: size, contentType } = references[index] as BlobReference;
      return this.database.queries
        .insertInto('blobs')
        .values({ sha256, bytes: blob.bytes, content_type: contentType, size })
        .onConflict((conflict) => conflict.column('sha256').doNothing());
    });
  }

  /** @throws StorageError `MISSING` or `CORRUPT_BLOB`. */
  async get(reference: BlobReference | string): Promise<Uint8Array> {
    const hash = typeof reference === 'string' ? reference : reference.sha256;
    return (await this.getMany([hash])).get(hash) as Uint8Array;
  }

  /** Contents by hash. @throws StorageError `MISSING` or `CORRUPT_BLOB`. */
  async getMany(hashes: readonly string[]): Promise<Map<string, Uint8Array>> {
    const found = new Map<string, Uint8Array>();
    for (const chunk of chunked([...new Set(hashes)], 500)) {
      const rows = await this.database.read(
        this.database.queries.selectFrom('blobs').select(['sha256', 'bytes']).where('sha256', 'in', chunk),
      );
      for (const row of rows) {
        if (sha256(row.bytes) !== row.sha256) {
          throw new StorageError(
            'CORRUPT_BLOB',
            `blob ${row.sha256} in ${this.database.url} is damaged: its content has another hash; restore a backup`,
          );
        }
        found.set(row.sha256, row.bytes);
      }
    }
    const lost = hashes.find((hash) => !found.has(hash));
    if (lost !== undefined) {
      throw new StorageError(
        'MISSING',
        `blob ${lost} is not in ${this.database.url}: was the file replaced? restore a backup`,
      );
    }
    return found;
  }

  /** Stores the canonical JSON text (sorted keys). */
  putJson(value: unknown): Promise<BlobReference> {
    return this.put(Buffer.from(canonicalJson(value)), jsonType);
  }

  /** @throws StorageError `MISSING` or `CORRUPT_BLOB`. */
  async getJson<T = Json>(reference: BlobReference | string): Promise<T> {
    return JSON.parse(new TextDecoder().decode(await this.get(reference))) as T;
  }
}

export function jsonBlob(text: string): Blob {
  return { bytes: Buffer.from(text), contentType: jsonType };
}

export function blobReference({ bytes, contentType }: Blob): BlobReference {
  return { sha256: sha256(bytes), bytes: bytes.byteLength, contentType };
}
