import { statSync } from 'node:fs';

/** Whether a file of at least one byte, or a folder, is there. Throws where that cannot be seen (no rights, for instance). */
export function isPresent(target: string): boolean {
  try {
    const info = statSync(target);
    return info.isDirectory() || info.size > 0;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
}
