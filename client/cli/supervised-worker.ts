import path from 'node:path';
import type { RunningProcess } from '../../providers/processes';
import { liveWorkers } from '../../workers/live-workers';
import type { LocalParts } from '../../workers/local-parts';
import { startWorkerProcess } from '../../workers/local-services';
import type { Project, Runs } from './project';

/** A worker that dies more often than this has a reason that another start does not mend. */
const mostRestarts = 3;

export interface SupervisedWorker {
  stop(): Promise<void>;
}

/**
 * Starts a worker for the project's task queue unless one serves it already, and a new one when that dies.
 *
 * @throws ProcessError with the end of its log.
 */
export async function superviseWorker(
  project: Project,
  runs: Runs,
  parts: LocalParts,
  note: (line: string) => void,
  signal: AbortSignal,
): Promise<SupervisedWorker> {
  const { taskQueue, configFile } = project;
  const { target } = runs;
  const serving = await liveWorkers(runs.connection, target.namespace, taskQueue);
  if (serving.length > 0) {
    note(`worker: ${serving.join(', ')} serves already`);
    return { stop: async () => {} };
  }
  return supervise(async (how) => {
    const worker = await startWorkerProcess({ configFile, address: target.options.address, taskQueue }, parts, signal);
    note(`worker: ${how} (pid ${worker.pid}, log ${path.relative(process.cwd(), worker.logFile)})`);
    return worker;
  }, note);
}

/** Starts a process, and another one when it ends before it is stopped. @throws what `start` throws the first time. */
export async function supervise(
  start: (how: string) => Promise<RunningProcess>,
  note: (line: string) => void,
): Promise<SupervisedWorker> {
  let stopped = false;
  let current: RunningProcess | undefined = await start('started');
  const supervision = (async () => {
    for (let restarts = 0; current !== undefined; restarts++) {
      await current.ended;
      if (stopped) return;
      if (restarts === mostRestarts) {
        note(
          `the worker ended ${restarts + 1} times: see ${current.logFile}; the run waits until another is started (optimas worker)`,
        );
        return;
      }
      current = await start('ended unexpectedly, started again').catch((error: Error) => {
        if (!stopped) note(`the worker cannot be started again: ${error.message}`);
        return undefined;
      });
      // It was not there yet when everything was stopped.
      if (stopped) await current?.stop();
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await current?.stop();
      await supervision;
    },
  };
}
