/** An encoder's files are missing, damaged or of the wrong kind. The message says what was expected and how to fix it. */
export class EncoderError extends Error {
  override readonly name = 'EncoderError';
  static isInstance(error: unknown): error is EncoderError {
    return error instanceof Error && error.name === 'EncoderError';
  }
}
