import path from 'node:path';
import type { Command } from 'commander';
import { endWithParent } from '../../../providers/processes';
import { findLocalParts } from '../../../workers/local-parts';
import { startDevelopmentServer } from '../../../workers/local-services';
import { openRuntime } from '../../../workers/runtime';
import { serve } from '../../../workers/serve';
import { at, requireTemporal } from '../../../workers/find-temporal';
import { temporalTarget } from '../../../workers/temporal-connection';
import { Cleanup } from '../cleanup';
import { command, type SharedOptions } from '../command';
import { developmentServerText } from '../development-server-text';
import { exitCode } from '../exit-code';
import { interruption, Interrupted } from '../interruption';
import { ladderLines } from '../ladder-lines';
import { portNumber } from '../option-parsers';
import { openProject, runsAt } from '../project';
import { superviseWorker } from '../supervised-worker';
import type { Terminal } from '../terminal';
import { lacksWorkerEnvironment, runWithWorkerEnvironment } from '../worker-shell';

interface DevelopmentOptions extends SharedOptions {
  port?: number;
  uiPort?: number;
}

/** Commands that keep running until Ctrl-C. */
export function serveCommands(terminal: Terminal): Command[] {
  return [developmentCommand(terminal), workerCommand(terminal)];
}

function developmentCommand(terminal: Terminal): Command {
  return command('dev', 'run a Temporal development server and a worker, until Ctrl-C', [
    'optimas dev',
    'optimas dev --port 7233 --ui-port 8233',
  ])
    .option('--port <n>', "the server's port (default: a free one)", portNumber)
    .option('--ui-port <n>', "the web interface's port (default: a free one)", portNumber)
    .action((options: DevelopmentOptions) =>
      untilInterrupted(terminal, async (signal, cleanup) => {
        const project = await openProject(options);
        const report = ladderLines(terminal.note);
        const server = await startDevelopmentServer(project.config, {
          ...(options.port === undefined ? {} : { port: options.port }),
          uiPort: options.uiPort ?? 0,
          report,
          signal,
        });
        cleanup.add(server.stop);
        terminal.print(`Temporal server: ${developmentServerText(server)}`);
        const parts = await findLocalParts(project.config, { report, say: terminal.print, signal });
        cleanup.add(parts.close);
        // A mistake in the config is told here, not by the log of the worker.
        await (await openRuntime(project.config, parts)).close();
        const runs = await runsAt(project, at(temporalTarget(project.config.temporal), server.address));
        cleanup.add(runs.close);
        const worker = await superviseWorker(project, runs, parts, terminal.print, signal);
        cleanup.add(worker.stop);
        terminal.print(`ready, logs in ${path.relative(process.cwd(), '.optimas') || '.optimas'}; Ctrl-C ends both`);
      }),
    );
}

function workerCommand(terminal: Terminal): Command {
  return command('worker', 'run a worker, until Ctrl-C', [
    'optimas worker',
    'TEMPORAL_ADDRESS=temporal:7233 optimas worker --config prod.config.ts',
  ]).action(async (options: SharedOptions) => {
    if (lacksWorkerEnvironment()) {
      process.exitCode = await runWithWorkerEnvironment();
      return;
    }
    endWithParent();
    await untilInterrupted(
      terminal,
      async (signal, cleanup) => {
        const project = await openProject(options);
        const { target } = await requireTemporal(project.config);
        const parts = await findLocalParts(project.config, {
          report: ladderLines(terminal.note),
          say: terminal.print,
          signal,
        });
        cleanup.add(parts.close);
        const { configFile, taskQueue } = project;
        const serving = await serve(project.config, { configFile, address: target.options.address, taskQueue }, parts);
        cleanup.add(serving.stop);
        terminal.print(
          `worker ${serving.identity} serves task queue ${taskQueue} at ${target.options.address}; Ctrl-C ends it`,
        );
        return serving.done;
      },
      process.send === undefined,
    );
  });
}

/**
 * Ctrl-C is the ordinary end of these commands. `open` may give a promise that rejects when what was opened dies. `secondEnds`
 * as `interruption` has it.
 */
async function untilInterrupted(
  terminal: Terminal,
  open: (signal: AbortSignal, cleanup: Cleanup) => Promise<void | undefined>,
  secondEnds = true,
): Promise<void> {
  const cleanup = new Cleanup();
  const { signal, release } = interruption(secondEnds);
  cleanup.add(release);
  const interrupted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  try {
    await Promise.race([open(signal, cleanup).then(() => interrupted), interrupted]);
    terminal.note('ending');
    process.exitCode = exitCode.ok;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
  } finally {
    await cleanup.run();
  }
}
