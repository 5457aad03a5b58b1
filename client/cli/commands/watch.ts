import type { Command } from 'commander';
import { Cleanup } from '../cleanup';
import { command, type SharedOptions } from '../command';
import { exitCode } from '../exit-code';
import { finishRun } from '../finish-run';
import { followRun } from '../follow-run';
import { interruption } from '../interruption';
import { chooseRun } from '../open-runs';
import { connectRuns, openProject } from '../project';
import { runDisplay } from '../run-display';
import type { Terminal } from '../terminal';

export function watchCommand(terminal: Terminal): Command {
  return command('watch', 'follow a run until it ends; Ctrl-C only stops watching', [
    'optimas watch',
    'optimas watch RUN --json result.json',
  ])
    .argument('[run]', 'run id (default: the only open run)')
    .option('--json <file>', 'write the result document to this file')
    .action(async (wanted: string | undefined, options: SharedOptions & { json?: string }) => {
      const cleanup = new Cleanup();
      try {
        const project = await openProject(options);
        const runs = await connectRuns(project);
        cleanup.add(runs.close);
        const { signal, release } = interruption();
        cleanup.add(release);
        const runId = await chooseRun(runs, project, wanted);
        const display = runDisplay(terminal, undefined);
        const followed = await followRun(runs, runId, display, signal).finally(() => display.end());
        if (followed.ended === 'result') {
          process.exitCode = await finishRun(terminal, runs.stores, runId, options.json);
        } else if (followed.ended === 'paused') {
          terminal.note(`run ${runId} paused itself: ${followed.progress.paused?.reason ?? ''}`);
          terminal.note(`once that is mended: optimas resume ${runId}`);
          process.exitCode = exitCode.paused;
        } else {
          terminal.note(`run ${runId} goes on; optimas watch ${runId} follows it again`);
          process.exitCode = exitCode.interrupted;
        }
      } finally {
        await cleanup.run();
      }
    });
}
