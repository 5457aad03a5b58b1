import { StorageError } from './storage-error';

/** SQLite's primary result codes. */
const code = {
  perm: 3,
  busy: 5,
  readonly: 8,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  protocol: 15,
  constraint: 19,
  notADatabase: 26,
};

/** True when another process holds a lock; `protocol` is a lost race to start the write-ahead log. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === code.busy || primaryCode(error) === code.protocol;
}

/** What a libSQL error means to us, with what to do about it. */
export function libsqlFailure(error: unknown, path: string): StorageError {
  const message = error instanceof Error ? error.message : String(error);
  const options = { cause: error };
  switch (primaryCode(error)) {
    case code.full:
      return new StorageError('DISK_FULL', `the disk is full: cannot write to ${path}; free some space`, options);
    case code.readonly:
    case code.cantOpen:
    case code.perm:
      return new StorageError(
        'NOT_WRITABLE',
        `cannot write to the database file ${path} (${message}): ` +
          'check the rights of file and folder and that the disk is not read-only, or use another file',
        options,
      );
    case code.notADatabase:
    case code.corrupt:
      return new StorageError(
        'NOT_A_DATABASE',
        `${path} is not a database or is damaged (${message}): restore it from a backup or use another file`,
        options,
      );
    case code.busy:
    case code.protocol:
      return new StorageError(
        'BUSY',
        `other processes kept the database ${path} locked for a minute: end the one that does (a backup, say)`,
        options,
      );
    case code.constraint:
      return new StorageError('CONSTRAINT', `the database ${path} refused a row (${message})`, options);
    default:
      return new StorageError('FAILED', `the database ${path} failed (${message})`, options);
  }
}

/** Extended codes carry the primary one in their low byte. */
function primaryCode(error: unknown): number | undefined {
  return error instanceof Error && 'rawCode' in error && typeof error.rawCode === 'number'
    ? error.rawCode & 0xff
    : undefined;
}
