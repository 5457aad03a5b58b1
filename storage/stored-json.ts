import { canonicalJson } from '../core/system/canonical-json';
import type { Json } from '../core/system/json';
import { blobReference, jsonBlob, type Blob, type BlobStore } from './blob-store';

const largestInlineBytes = 32 * 1024;
const blobMark = 'blob:';

/** A JSON value as one text column: its canonical text, or `blob:<sha256>` when that is over 32 KiB. */
export interface StoredJson {
  column: string;
  /** The canonical text. */
  text: string;
  /** To be inserted in the same batch. */
  blobs: Blob[];
}

export function encodeJson(value: unknown): StoredJson {
  const text = canonicalJson(value);
  if (Buffer.byteLength(text) <= largestInlineBytes) return { column: text, text, blobs: [] };
  const blob = jsonBlob(text);
  return { column: `${blobMark}${blobReference(blob).sha256}`, text, blobs: [blob] };
}

/** The values of many columns, in their order, with one query for all blobs. */
export async function decodeJson(blobs: BlobStore, columns: readonly string[]): Promise<Json[]> {
  const hashes = columns.filter((column) => column.startsWith(blobMark)).map((column) => column.slice(blobMark.length));
  const contents = hashes.length === 0 ? new Map<string, Uint8Array>() : await blobs.getMany(hashes);
  return columns.map((column) => {
    const content = column.startsWith(blobMark) ? contents.get(column.slice(blobMark.length)) : undefined;
    return JSON.parse(content === undefined ? column : new TextDecoder().decode(content)) as Json;
  });
}
