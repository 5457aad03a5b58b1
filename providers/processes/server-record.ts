import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { withFileLock } from './file-lock';
import { processAlive } from './process-alive';

const recordSchema = z.object({ pid: z.number().int().positive(), detail: z.unknown() });

/** A server as written into its record file, so that other processes find it. */
export interface ServerRecord<Detail> {
  readonly pid: number;
  readonly detail: Detail;
}

/**
 * Finds the server that `file` records, when its process lives and `verify` confirms its detail, or else starts one with
 * `start` and records it. Processes that ask at the same time start one server together.
 */
export async function findOrStart<Detail, Started extends { readonly pid: number; readonly detail: Detail }>(options: {
  readonly file: string;
  /** Resolves to the detail of a server that answers and fits, to undefined for anything else. */
  readonly verify: (detail: unknown) => Promise<Detail | undefined>;
  readonly start: () => Promise<Started>;
  readonly signal?: AbortSignal | undefined;
}): Promise<{ found: ServerRecord<Detail> } | { started: Started }> {
  const { file, verify, start, signal } = options;
  return withFileLock(
    `${file}.lock`,
    async () => {
      const recorded = await readRecord(file);
      if (recorded !== undefined && processAlive(recorded.pid)) {
        const detail = await verify(recorded.detail);
        if (detail !== undefined) return { found: { pid: recorded.pid, detail } };
      }
      const started = await start();
      await writeRecord(file, { pid: started.pid, detail: started.detail });
      return { started };
    },
    { signal },
  );
}

/** Removes the record of the server with this pid; another server's record stays. */
export async function forgetServer(file: string, pid: number): Promise<void> {
  const recorded = await readRecord(file);
  if (recorded?.pid === pid) await rm(file, { force: true });
}

async function readRecord(file: string): Promise<z.infer<typeof recordSchema> | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch {
    // A record that cannot be read names no server; it is replaced by the next one.
    return undefined;
  }
}

async function writeRecord(file: string, record: ServerRecord<unknown>): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, JSON.stringify(record));
  await rename(temporary, file);
}
