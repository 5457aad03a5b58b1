import { endWithParent } from '../../providers/processes';
import { loadConfig } from '../../workers/config/load-config';
import { findLocalParts } from '../../workers/local-parts';
import { activityDependencies, openRuntime } from '../../workers/runtime';
import { activitiesWithoutServer } from './activities-without-server';
import { benchRun, configFile } from './bench-run';
import { runInProcess } from './in-process-run';
import { processUsage } from './process-usage';

/**
 * One run without Temporal, in a process of its own: says `ready`, waits for `go`, says
 * `{seconds, cpuSeconds}` (the latter since its start), and ends.
 */
async function main(): Promise<void> {
  endWithParent();
  const { config } = await loadConfig(configFile);
  const runtime = await openRuntime(config, await findLocalParts(config));
  const activities = activitiesWithoutServer(activityDependencies(runtime, 'in-process'));
  const go = new Promise<void>((resolve) => process.once('message', () => resolve()));
  // A listener for messages alone does not keep the process running.
  process.channel?.ref();
  process.send?.('ready');
  await go;
  const started = performance.now();
  await runInProcess(activities, benchRun);
  const seconds = (performance.now() - started) / 1_000;
  const { cpuSeconds } = processUsage(process.pid);
  await new Promise((resolve) => process.send?.({ seconds, cpuSeconds }, resolve));
  await runtime.close();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
