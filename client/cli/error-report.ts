import { exitCode, type ExitCode } from './exit-code';

/** What a person is told about an error, and the exit code. */
export interface ErrorReport {
  text: string;
  code: ExitCode;
}

/** Errors whose messages say everything: what, where, and what to do. By name: a config may load its own copy of a class. */
const explained: Readonly<Record<string, ExitCode>> = {
  UsageError: exitCode.usage,
  DefinitionError: exitCode.usage,
  ServerUnreachable: exitCode.unavailable,
  NoWorker: exitCode.unavailable,
  StorageError: exitCode.unavailable,
  LadderError: exitCode.unavailable,
  ProcessError: exitCode.unavailable,
  EncoderError: exitCode.unavailable,
  InfrastructureError: exitCode.unavailable,
  RunNotFound: exitCode.failed,
};

/** `verbose` adds the stack, with those of the causes. */
export function errorReport(error: unknown, verbose: boolean): ErrorReport {
  if (!(error instanceof Error)) return { text: String(error), code: exitCode.failed };
  const code = explained[error.name];
  if (verbose) return { text: stackText(error), code: code ?? exitCode.failed };
  if (code !== undefined) return { text: error.message, code };
  if (isUnavailable(error)) {
    return { text: `the Temporal server does not answer: ${error.message}`, code: exitCode.unavailable };
  }
  return { text: `${error.message} (--verbose shows more)`, code: exitCode.failed };
}

function stackText(error: Error): string {
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause instanceof Error ? `${own}\ncaused by ${stackText(error.cause)}` : own;
}

/** gRPC UNAVAILABLE (14) and DEADLINE_EXCEEDED (4), as the Temporal client wraps them. */
function isUnavailable(error: Error): boolean {
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    const { code } = current as { code?: unknown };
    if (code === 14 || code === 4) return true;
  }
  return false;
}
