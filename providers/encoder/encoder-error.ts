/** How Node and ONNX Runtime say that there were too many open files, or too little memory. */
const outOfResources = /\b(EMFILE|ENFILE|ENOMEM|EAGAIN)\b|bad_alloc|failed to allocate|out of memory/i;

/** An encoder's files are missing, damaged or of the wrong kind. The message says what was expected and how to fix it. */
export class EncoderError extends Error {
  override readonly name = 'EncoderError';
  /** It may work later: not the files were at fault, but what the machine had left. */
  readonly passing: boolean;

  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    const { cause } = options;
    this.passing = cause instanceof Error && outOfResources.test(cause.message);
  }

  static isInstance(error: unknown): error is EncoderError {
    return error instanceof Error && error.name === 'EncoderError';
  }
}
