import type { Command } from 'commander';
import { findLocalParts } from '../../../workers/local-parts';
import { liveWorkers } from '../../../workers/live-workers';
import { registerSearchAttributes } from '../../../workers/search-attribute-registration';
import { Cleanup } from '../cleanup';
import { command } from '../command';
import { exitCode } from '../exit-code';
import { ladderLines } from '../ladder-lines';
import { prepareRun } from '../prepare-run';
import { connectRuns } from '../project';
import type { Terminal } from '../terminal';
import { addStartOptions, agreed, start, openWanted, type StartOptions } from './run';

export function startCommand(terminal: Terminal): Command {
  const starting = command('start', 'start an optimization, print its id and return', [
    'optimas start support-qa',
    'optimas start support-qa --seed 2 --yes && optimas watch',
  ]);
  return addStartOptions(starting).action(async (named: string | undefined, options: StartOptions) => {
    const cleanup = new Cleanup();
    try {
      const { project, wanted } = await openWanted(named, options);
      const runs = await connectRuns(project);
      cleanup.add(runs.close);
      const parts = await findLocalParts(project.config, { report: ladderLines(terminal.note), say: terminal.note });
      cleanup.add(parts.close);
      const prepared = await prepareRun(project, parts, wanted, options);
      for (const warning of prepared.warnings) terminal.note(warning);
      if (!(await agreed(terminal, prepared, options))) {
        process.exitCode = exitCode.cancelled;
        return;
      }
      await registerSearchAttributes(runs.connection, runs.target.namespace);
      const runId = await start(runs, prepared, options);
      terminal.print(runId);
      const workers = await liveWorkers(runs.connection, runs.target.namespace, project.taskQueue);
      if (workers.length === 0) terminal.note('no worker runs yet: start one with: optimas worker');
    } finally {
      await cleanup.run();
    }
  });
}
