import { Option, type Command } from 'commander';
import { limitNames } from '../../../core/run/budget';
import type { Progress } from '../../../workflows/progress';
import { limitTexts } from '../limit-texts';
import { command, type SharedOptions } from '../command';
import { actor, chooseRun, requireWorker } from '../open-runs';
import { addBudgetOptions, budgetOverrides, type BudgetOptions } from '../plan-options';
import { connectRuns, openProject, type Runs } from '../project';
import type { Terminal } from '../terminal';
import { UsageError } from '../usage-error';

interface ControlOptions extends SharedOptions {
  reason: string;
  now?: boolean;
}

/** Commands to a run that is going on; each is recorded with who gave it and why. */
export function controlCommands(terminal: Terminal): Command[] {
  return [pauseCommand(terminal), resumeCommand(terminal), cancelCommand(terminal), budgetCommand(terminal)];
}

function pauseCommand(terminal: Terminal): Command {
  return controlCommand(
    'pause',
    'pause a run at the next safe point; it stays paused across restarts of worker and server',
    ['optimas pause', 'optimas pause RUN --now --reason "quota is low"'],
  )
    .option('--now', 'also stop the work that is going on; it is taken up again on resume')
    .action((wanted: string | undefined, options: ControlOptions) =>
      send(options, wanted, async ({ client }, runId) => {
        await client.pause(runId, { ...order(options), now: options.now ?? false });
        terminal.print(`run ${runId} is paused; optimas resume ${runId} goes on with it`);
      }),
    );
}

function resumeCommand(terminal: Terminal): Command {
  return controlCommand('resume', 'go on with a paused run', ['optimas resume', 'optimas resume RUN']).action(
    (wanted: string | undefined, options: ControlOptions) =>
      send(options, wanted, async ({ client }, runId) => {
        await client.resume(runId, order(options));
        terminal.print(`run ${runId} goes on; optimas watch ${runId} follows it`);
      }),
  );
}

function cancelCommand(terminal: Terminal): Command {
  return controlCommand('cancel', 'end a run with the best configuration so far, after its final test', [
    'optimas cancel',
    'optimas cancel RUN --now --reason "good enough"',
  ])
    .option('--now', 'skip the final test')
    .action((wanted: string | undefined, options: ControlOptions) =>
      send(options, wanted, async ({ client }, runId) => {
        await client.cancel(runId, { ...order(options), now: options.now ?? false });
        terminal.print(`run ${runId} ends with the best configuration so far; optimas show ${runId} shows it`);
      }),
    );
}

function budgetCommand(terminal: Terminal): Command {
  const budget = controlCommand('budget', "replace a run's limits; one that is left out becomes unlimited", [
    'optimas budget --max-usd 10',
    'optimas budget RUN --max-calls 20000 --max-minutes 90',
    'optimas budget RUN --unlimited',
  ]).addOption(
    new Option('--unlimited', 'remove all limits').conflicts([
      'maxCalls',
      'maxTokens',
      'maxUsd',
      'maxMinutes',
      'pauseAt',
    ]),
  );
  return addBudgetOptions(budget).action(
    async (wanted: string | undefined, options: ControlOptions & BudgetOptions & { unlimited?: boolean }) => {
      const limits = budgetOverrides(options);
      if (limitNames.every((name) => limits[name] === undefined) && options.unlimited !== true) {
        throw new UsageError(
          'name at least one of --max-calls, --max-tokens, --max-usd, --max-minutes, or --unlimited',
        );
      }
      await send(options, wanted, async ({ client }, runId) => {
        const progress: Progress = await client.setBudget(runId, { ...order(options), budget: limits });
        terminal.print(`run ${runId} may spend ${limitTexts(progress.budget).join(', ') || 'without limit'}`);
      });
    },
  );
}

function controlCommand(name: string, description: string, examples: string[]): Command {
  return command(name, description, examples)
    .argument('[run]', 'run id (default: the only open run)')
    .option('--reason <text>', 'why: kept in the record of the run', 'command line');
}

function order({ reason }: ControlOptions): { actor: string; reason: string } {
  return { actor: actor(), reason };
}

async function send(
  options: SharedOptions,
  wanted: string | undefined,
  carryOut: (runs: Runs, runId: string) => Promise<void>,
): Promise<void> {
  const project = await openProject(options);
  const runs = await connectRuns(project);
  try {
    const runId = await chooseRun(runs, project, wanted);
    await requireWorker(runs, runId);
    await carryOut(runs, runId);
  } finally {
    await runs.close();
  }
}
