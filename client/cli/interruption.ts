import { exitCode } from './exit-code';

/**
 * Ctrl-C, or a polite stop: the first aborts `signal`, the second ends the process at once. Not so where `secondEnds` is false,
 * for a process whose parent sees to that: a signal which both got, and the parent handed on, must not count twice.
 */
export function interruption(secondEnds = true): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) {
      if (secondEnds) process.exit(exitCode.interrupted);
      return;
    }
    controller.abort(new Interrupted());
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
    },
  };
}

/** The reason of `signal`: thrown by whatever waited for it. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor() {
    super('interrupted');
  }
}
