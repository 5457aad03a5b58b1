import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StorageError } from './storage-error';

const examples = "for example 'file:./optimas.db' or 'postgres://user@host:5432/database'";

/**
 * The absolute path of an embedded database's file. `file:relative/path` is relative to the working directory.
 *
 * @throws StorageError `UNSUPPORTED_URL` for any other kind of URL.
 */
export function databaseFile(url: string): string {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme !== 'file') {
    // Whatever stands after the scheme may hold a password.
    const given = scheme === undefined ? 'it has no scheme' : `its scheme is '${scheme}:'`;
    throw new StorageError(
      'UNSUPPORTED_URL',
      `database URL: ${given}; expected a 'file:' or 'postgres:' URL, ${examples}`,
    );
  }
  const rest = url.slice('file:'.length);
  if (rest === '' || rest.startsWith(':memory:') || /[?#]/.test(rest)) {
    throw new StorageError('UNSUPPORTED_URL', `database URL '${url}' does not name a file; expected ${examples}`);
  }
  try {
    return rest.startsWith('/') ? fileURLToPath(url) : resolve(decodeURIComponent(rest));
  } catch (cause) {
    throw new StorageError(
      'UNSUPPORTED_URL',
      `database URL '${url}' does not name a local file; expected ${examples}`,
      {
        cause,
      },
    );
  }
}
