/** A request that the embedded server refuses, with the HTTP status and the code it answers with. */
export class RequestError extends Error {
  override readonly name = 'RequestError';

  constructor(
    readonly status: 400 | 404 | 405 | 413,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
