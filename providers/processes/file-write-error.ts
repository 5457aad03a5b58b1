/** A file, lock or folder that could not be made or written: no rights, a read-only or full disk, a file in a folder's place. */
export class FileWriteError extends Error {
  override readonly name = 'FileWriteError';

  constructor(
    readonly file: string,
    cause: Error,
  ) {
    super(`${file} could not be written: ${cause.message}`, { cause });
  }

  /** True for this class from any copy of the package. */
  static isInstance(error: unknown): error is FileWriteError {
    return error instanceof Error && error.name === 'FileWriteError';
  }
}
