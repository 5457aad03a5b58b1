import type { Command } from 'commander';
import type { Progress } from '../../../workflows/progress';
import type { SpendTotals } from '../../../storage';
import { countText, durationText, moneyText, scoreText } from '../../report/figures';
import { RunNotFound } from '../../run-not-found';
import { command, type SharedOptions } from '../command';
import { chooseRun, requireWorker } from '../open-runs';
import { limitTexts } from '../limit-texts';
import { connectRuns, openProject, type Runs } from '../project';
import { positionText } from '../run-display';
import type { Terminal } from '../terminal';

export function statusCommand(terminal: Terminal): Command {
  return command('status', 'say where a run is', ['optimas status', 'optimas status RUN --json'])
    .argument('[run]', 'run id (default: the only open run)')
    .option('--json', 'print the progress as JSON')
    .action(async (wanted: string | undefined, options: SharedOptions & { json?: boolean }) => {
      const project = await openProject(options);
      const runs = await connectRuns(project);
      try {
        const runId = await chooseRun(runs, project, wanted);
        const progress = await openProgress(runs, runId);
        if (progress === undefined) {
          const { status } = await runs.client.record(runId);
          terminal.print(
            options.json === true
              ? JSON.stringify({ runId, status })
              : `run ${runId}: ${status}; optimas show ${runId} shows it`,
          );
          return;
        }
        const spend = await runs.client.spend(runId);
        terminal.print(
          options.json === true ? JSON.stringify({ ...progress, spend }, undefined, 2) : statusText(progress, spend),
        );
      } finally {
        await runs.close();
      }
    });
}

/** Undefined for a run of this database that has ended. @throws RunNotFound, NoWorker */
async function openProgress(runs: Runs, runId: string): Promise<Progress | undefined> {
  try {
    await requireWorker(runs, runId);
    return await runs.client.progress(runId);
  } catch (error) {
    if (!(error instanceof RunNotFound) || (await runs.stores.runs.get(runId)) === undefined) throw error;
    return undefined;
  }
}

export function statusText(progress: Progress, spend: SpendTotals): string {
  const { runId, system, seed, baselineScore, incumbentScore, accepted, iterationsDone, iterationsPlanned, trusted } =
    progress;
  const limits = limitTexts(progress.budget);
  const rewards = Object.entries(trusted).map(([component, is]) => `${component} ${is ? 'trusted' : 'not trusted'}`);
  return [
    `run ${runId}: system ${system}, seed ${seed}, ${progress.status}`,
    `  ${positionText(progress)}`,
    `  iterations: ${iterationsDone} of ${iterationsPlanned} done, ${accepted} accepted`,
    `  validation score: ${scoreText(baselineScore)} at first, ${scoreText(incumbentScore)} now`,
    ...(rewards.length === 0 ? [] : [`  local rewards: ${rewards.join(', ')}`]),
    `  spent: ${countText(spend.calls)} calls, ${countText(spend.promptTokens + spend.completionTokens)} tokens, ` +
      `${moneyText(spend.usd)}, ${durationText(progress.activeMs)}`,
    `  budget: ${limits.join(', ') || 'without limit'}`,
  ].join('\n');
}
