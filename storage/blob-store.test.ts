import { sha256 } from '../core/system/canonical-json';
import { BlobStore } from './blob-store';
import type { Database } from './database';
import { databaseKinds, TestDatabases } from '../test/support/test-databases';

jest.setTimeout(60_000);

describe.each(databaseKinds)('BlobStore on %s', (kind) => {
  const databases = new TestDatabases(kind);
  let database: Database;
  let blobs: BlobStore;
  beforeEach(async () => {
    database = await databases.open();
    blobs = new BlobStore(database);
  });

  it('gives back bytes and JSON, and stores equal content once', async () => {
    const bytes = Buffer.alloc(100, 7).subarray(10, 20);
    const reference = await blobs.put(bytes, 'application/onnx');
    expect(reference).toEqual({ sha256: sha256(bytes), bytes: 10, contentType: 'application/onnx' });
    expect(await blobs.put(bytes, 'application/onnx')).toEqual(reference);
    expect(Buffer.from(await blobs.get(reference)).equals(bytes)).toBe(true);
    const json = await blobs.putJson({ b: ['ä'], a: null });
    expect(json.contentType).toBe('application/json');
    expect(await blobs.getJson(json)).toEqual({ a: null, b: ['ä'] });
    expect((await blobs.get(await blobs.put(new Uint8Array()))).byteLength).toBe(0);
    const [row] = await database.read(
      database.queries.selectFrom('blobs').select((build) => build.fn.countAll().as('count')),
    );
    expect(row?.count).toBe(3);
  });

  it('reads many, also more than one statement takes', async () => {
    const references = await blobs.putMany(
      Array.from({ length: 1_200 }, (_, index) => ({ bytes: Buffer.from(`${index}`), contentType: 'text/plain' })),
    );
    const contents = await blobs.getMany(references.map((reference) => reference.sha256));
    expect(references.map(({ sha256 }) => Buffer.from(contents.get(sha256) ?? '').toString())).toEqual(
      Array.from({ length: 1_200 }, (_, index) => `${index}`),
    );
  });

  it('notices damage and loss', async () => {
    const { sha256: hash } = await blobs.put(Buffer.from('weights'));
    await database.write([
      database.queries
        .updateTable('blobs')
        .set({ bytes: Buffer.from('Weights') })
        .where('sha256', '=', hash),
    ]);
    await expect(blobs.get(hash)).rejects.toMatchObject({ name: 'StorageError', code: 'CORRUPT_BLOB' });
    await blobs.put(Buffer.from('weights'));
    await expect(blobs.get(hash)).rejects.toMatchObject({
      code: 'CORRUPT_BLOB',
      message: expect.stringMatching(/damaged.*restore a backup/),
    });
    const mended = [Buffer.from('weights'), Buffer.from('new')].map((bytes) => ({ bytes, contentType: 'text/plain' }));
    const references = await blobs.mendMany(mended);
    const contents = await blobs.getMany(references.map(({ sha256 }) => sha256));
    expect([...contents.values()].map((bytes) => Buffer.from(bytes).toString()).toSorted()).toEqual(['new', 'weights']);
    expect(references[0]?.sha256).toBe(hash);
    await expect(blobs.get('0'.repeat(64))).rejects.toMatchObject({
      code: 'MISSING',
      message: expect.stringContaining('restore a backup'),
    });
  });
});
