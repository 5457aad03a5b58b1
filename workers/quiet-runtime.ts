import { DefaultLogger, Runtime } from '@temporalio/worker';

/** Keeps the SDK's logs to warnings and errors, on standard error. Must come before the first connection. */
export function installQuietRuntime(): void {
  Runtime.install({
    logger: new DefaultLogger('WARN'),
    telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' } } },
    // Signals are handled by the program, which pauses or drains first.
    shutdownSignals: [],
  });
}
