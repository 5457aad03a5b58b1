import { Option, type Command } from 'commander';
import { leastUrgent } from '../../../core/run/priority';
import { findLocalParts } from '../../../workers/local-parts';
import { Cleanup } from '../cleanup';
import { command, type SharedOptions } from '../command';
import { earlierRun, resumeRun, type Wanted } from '../earlier-run';
import { exitCode, type ExitCode } from '../exit-code';
import { finishRun } from '../finish-run';
import { followRun } from '../follow-run';
import { interruption, Interrupted } from '../interruption';
import { ladderLines } from '../ladder-lines';
import { actor, openRuns } from '../open-runs';
import { openTemporal } from '../open-temporal';
import { wholeNumber } from '../option-parsers';
import { addBudgetOptions, addPlanOptions, planOverrides, type BudgetOptions } from '../plan-options';
import { prepareRun, type PreparedRun } from '../prepare-run';
import { chooseSystem, openProject, type Project, type Runs } from '../project';
import { resumeCommand } from '../resume-command';
import { runDisplay } from '../run-display';
import { superviseWorker } from '../supervised-worker';
import type { Terminal } from '../terminal';
import { UsageError } from '../usage-error';

export interface StartOptions extends SharedOptions, BudgetOptions {
  system?: string;
  seed: number;
  priority?: number;
  fresh?: boolean;
  yes?: boolean;
}

interface RunOptions extends StartOptions {
  json?: string;
}

/** Adds what `run` and `start` have in common. */
export function addStartOptions(to: Command): Command {
  to.argument('[system]', 'name of the system; may be left out where the config has only one')
    .option('--system <name>', 'the same')
    .option('--seed <n>', 'the same seed, data and replies give the same run', wholeNumber(0, 2 ** 31 - 1), 0)
    .addOption(
      new Option('--priority <n>', 'of runs that share workers or endpoints, 1 goes first and 5 last').argParser(
        wholeNumber(1, leastUrgent),
      ),
    )
    .option('--fresh', 'start a new run, and ignore what earlier runs left in the memo')
    .option('--yes', 'answer questions with yes');
  return addBudgetOptions(addPlanOptions(to));
}

export function runCommand(terminal: Terminal): Command {
  const run = command(
    'run',
    'start an optimization and follow it, with a Temporal server and a worker where there are none',
    [
      'optimas run quickstart',
      'optimas run --system support-qa --seed 1 --iterations 20 --max-usd 5',
      'optimas run support-qa --yes --json result.json',
    ],
  ).option('--json <file>', 'write the result document to this file');
  return addStartOptions(run).action(async (named: string | undefined, options: RunOptions) => {
    const cleanup = new Cleanup();
    try {
      process.exitCode = await optimize(terminal, named, options, cleanup);
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      terminal.note('interrupted before the run started');
      process.exitCode = exitCode.interrupted;
    } finally {
      await cleanup.run();
    }
  });
}

async function optimize(
  terminal: Terminal,
  named: string | undefined,
  options: RunOptions,
  cleanup: Cleanup,
): Promise<ExitCode> {
  const { project, wanted } = await openWanted(named, options);
  const { signal, release } = interruption();
  cleanup.add(release);
  const report = ladderLines(terminal.note);
  const parts = await findLocalParts(project.config, { report, say: terminal.note, signal });
  cleanup.add(parts.close);
  const prepared = await prepareRun(project, parts, wanted, options);
  for (const warning of prepared.warnings) terminal.note(warning);
  const { runs, server } = await openTemporal(project, terminal, signal);
  cleanup.add(() => server?.stop());
  cleanup.add(runs.close);

  const earlier = earlierRun(await openRuns(runs, project), wantedRun(prepared, options), terminal.note);
  const resumes =
    earlier !== undefined &&
    (options.yes === true ||
      (await terminal.confirm(`Run ${earlier}, of the same system and seed, has not ended. Resume it?`, '--yes')));
  signal.throwIfAborted();
  const starts = resumes || (await agreed(terminal, prepared, options));
  signal.throwIfAborted();
  if (!starts) return exitCode.cancelled;
  const worker = await superviseWorker(project, runs, parts, terminal.note, signal);
  cleanup.add(worker.stop);

  if (resumes) await resumeRun(runs.client, earlier, options);
  const runId = resumes ? earlier : await start(runs, prepared, options);
  terminal.note(`run ${runId} ${resumes ? 'goes on' : 'started'} (database ${runs.stores.database.url})`);
  const display = runDisplay(terminal, prepared.calls);
  const goOn = resumeCommand(prepared.system, options);
  const followed = await followRun(runs, runId, display, signal)
    .catch((error: unknown) => {
      terminal.note(`run ${runId} cannot be followed any longer; if it has not ended, it goes on with: ${goOn}`);
      throw error;
    })
    .finally(() => display.end());
  if (followed.ended === 'result') return finishRun(terminal, runs.stores, runId, options.json);
  if (followed.ended === 'paused') {
    terminal.note(`run ${runId} paused itself: ${followed.progress.paused?.reason ?? ''}`);
    terminal.note(`once that is mended, it goes on with: ${goOn}`);
    return exitCode.paused;
  }
  terminal.note('pausing (Ctrl-C again ends at once)');
  await runs.client.pause(runId, { actor: actor(), reason: 'Ctrl-C', now: true });
  terminal.note(`run ${runId} is paused; it goes on with: ${goOn}`);
  return exitCode.interrupted;
}

/**
 * The project and the system that a command line names. A wrong name is told before anything is fetched, where the config
 * lists its systems.
 *
 * @throws UsageError, DefinitionError
 */
export async function openWanted(
  named: string | undefined,
  options: { config?: string; system?: string },
): Promise<{ project: Project; wanted: string | undefined }> {
  if (named !== undefined && options.system !== undefined && named !== options.system) {
    throw new UsageError(`two systems are named, '${named}' and '${options.system}': name one`);
  }
  const wanted = named ?? options.system;
  const project = await openProject({ ...options, ...(wanted === undefined ? {} : { system: wanted }) });
  const { bundled } = project;
  const { systems } = project.config;
  const known = bundled !== undefined ? [bundled] : typeof systems === 'function' ? undefined : systems;
  if (known !== undefined) {
    chooseSystem(
      project,
      known.map((item) => (typeof item === 'string' ? item : item.name)),
      wanted,
    );
  }
  return { project, wanted };
}

/** Tells what the run will take, and asks where that is money. */
export async function agreed(terminal: Terminal, prepared: PreparedRun, options: { yes?: boolean }): Promise<boolean> {
  terminal.note(prepared.estimateText);
  if (!prepared.costsMoney || options.yes === true) return true;
  return terminal.confirm('The calls cost money. Start?', '--yes');
}

export function start({ client }: Runs, { system, plan, budget }: PreparedRun, options: StartOptions): Promise<string> {
  const { seed, priority, fresh = false } = options;
  return client.start({ system, seed, plan, budget, fresh, ...(priority === undefined ? {} : { priority }) });
}

function wantedRun({ system, definitionHash }: PreparedRun, options: StartOptions): Wanted {
  const plan = planOverrides(options as unknown as Record<string, unknown>);
  return { system, definitionHash, seed: options.seed, plan, fresh: options.fresh ?? false };
}
