/** The command line was used wrongly. The message says how it is used rightly. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
