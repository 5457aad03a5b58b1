import { StorageError, type Stores } from '../storage';

/** Contents of blobs by hash; undefined where one is damaged or gone: for whoever can make them anew, or do without. */
export async function intactBlobs(
  { blobs }: Pick<Stores, 'blobs'>,
  hashes: readonly string[],
): Promise<Map<string, Uint8Array> | undefined> {
  try {
    return await blobs.getMany(hashes);
  } catch (error) {
    if (StorageError.isDamage(error)) return undefined;
    throw error;
  }
}
