import { DefaultLogger, Runtime } from '@temporalio/worker';

// Failures are provoked on purpose in many tests: their warnings would bury the report.
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } },
});
