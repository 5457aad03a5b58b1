/**
 * What can be done about a failure of infrastructure:
 * `retryable` (408, 409, 429, 5xx, timeout, connection lost): the same request may succeed later;
 * `permanent` (400, 404, 422): this one request can never succeed;
 * `systematic` (401, 403, exhausted quota): no request can succeed until a person acts.
 */
export type InfrastructureFailureKind = 'retryable' | 'permanent' | 'systematic';

/**
 * A failure of something outside the system under test. It is retried or pauses the run; it never becomes a score.
 * Components may throw it for their own tools (a search service that is down, say).
 */
export class InfrastructureError extends Error {
  override readonly name = 'InfrastructureError';
  readonly kind: InfrastructureFailureKind;
  /** HTTP status, when there was a reply. */
  readonly status: number | undefined;
  /** Milliseconds to wait before the next try, from `Retry-After`. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    options: {
      kind?: InfrastructureFailureKind;
      status?: number | undefined;
      retryAfterMs?: number | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.kind = options.kind ?? 'retryable';
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** True for this class from any copy of the package: a user's config may load its own. */
  static isInstance(error: unknown): error is InfrastructureError {
    return error instanceof Error && error.name === 'InfrastructureError';
  }
}

/** The infrastructure failure behind `error`, following `cause`: user code may wrap what the model client threw. */
export function infrastructureCause(error: unknown): InfrastructureError | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 16; current = current.cause, depth++) {
    if (InfrastructureError.isInstance(current)) return current;
  }
  return undefined;
}
