import type { Stores } from '../../storage';

/** Changes what a database has under a hash, as a broken disk would; without `bytes` nothing is left there. */
export async function damageBlob({ database }: Stores, sha256: string, bytes?: Uint8Array): Promise<void> {
  const { queries } = database;
  const [changed] = await database.write([
    bytes === undefined
      ? queries.deleteFrom('blobs').where('sha256', '=', sha256)
      : queries.updateTable('blobs').set({ bytes }).where('sha256', '=', sha256),
  ]);
  if (changed !== 1) throw new Error(`there is no blob ${sha256}`);
}
