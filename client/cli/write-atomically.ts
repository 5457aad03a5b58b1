import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Writes a whole file or none: readers never see half of one. Missing folders are made. */
export async function writeAtomically(file: string, content: string | Uint8Array): Promise<void> {
  const target = path.resolve(file);
  const temporary = `${target}.${process.pid}.partial`;
  await mkdir(path.dirname(target), { recursive: true });
  try {
    await writeFile(temporary, content);
    await rename(temporary, target);
  } finally {
    await rm(temporary, { force: true });
  }
}
