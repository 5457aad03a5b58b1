/**
 * Stable names of what can go wrong with the database:
 * `UNSUPPORTED_URL`, `NOT_WRITABLE` (missing rights, read-only disk, path that cannot be a file), `DISK_FULL`,
 * `NOT_A_DATABASE` (broken file, or another program's), `NEWER_SCHEMA`, `BUSY` (other processes kept it locked),
 * `CONSTRAINT` (a row contradicts one that is there), `CORRUPT_BLOB`, `MISSING` (a referenced row is not there),
 * `CLOSED`, `UNREACHABLE` (no connection to the server, for as long as we try), `REFUSED` (wrong password, no such database,
 * TLS), `NETWORK_DISK` (the embedded database works on local disks only), and `FAILED` for the rest.
 */
export type StorageErrorCode =
  | 'UNSUPPORTED_URL'
  | 'NOT_WRITABLE'
  | 'DISK_FULL'
  | 'NOT_A_DATABASE'
  | 'NEWER_SCHEMA'
  | 'BUSY'
  | 'CONSTRAINT'
  | 'CORRUPT_BLOB'
  | 'MISSING'
  | 'CLOSED'
  | 'UNREACHABLE'
  | 'REFUSED'
  | 'NETWORK_DISK'
  | 'FAILED';

/** A failure of the database itself. Its message says what to do. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: StorageErrorCode;

  constructor(code: StorageErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
  }

  /** True for this class from any copy of the package. */
  static isInstance(error: unknown): error is StorageError {
    return error instanceof Error && error.name === 'StorageError';
  }

  /** Whether what was asked for is damaged or gone: it may be made anew, or done without. */
  static isDamage(error: unknown): error is StorageError {
    return StorageError.isInstance(error) && (error.code === 'CORRUPT_BLOB' || error.code === 'MISSING');
  }
}
