import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  allHandlersFinished,
  condition,
} from '@temporalio/workflow';
import { Stopped } from './control';
import { finalTest } from './final-test';
import { handleCommands } from './handle-commands';
import { fitInitialRewards, measureBaseline, prepare } from './initial-rewards';
import { iterate } from './iterate';
import { Run } from './run';
import type { OptimizationInput, OptimizationResult } from './run-input';

/**
 * A whole Optimas run: prepare, baseline, initial preference data and Local Reward Functions for every component,
 * iterations as child workflows, final test. It never fails for what a person can mend: it pauses with the reason.
 */
export async function optimization(input: OptimizationInput): Promise<OptimizationResult> {
  if (input.schemaVersion !== 1) {
    throw ApplicationFailure.nonRetryable(
      `optimization: input schema ${String(input.schemaVersion)} is not known; this worker knows 1`,
      'UnknownSchemaVersion',
    );
  }
  const run = new Run(input);
  handleCommands(run);
  let cancelledByTemporal = false;
  CancellationScope.current().cancelRequested.catch(() => {
    cancelledByTemporal = run.cancel('cancelled through Temporal', false);
  });
  // Stages end at safe points of their own: Temporal's Cancel does what the cancel command does.
  return CancellationScope.nonCancellable(async () => {
    void run.clock.watch(
      () => (run.phase === 'final-test' ? run.budget : run.limits()).wallClockMs,
      (activeMs) => run.stop('budget-exhausted', `${Math.round(activeMs / 1_000)} s of wall clock are used`),
    );
    void run.clock.watch(
      () => (run.phase === 'final-test' ? run.finalLimits() : run.limits()).pauseAbove?.wallClockMs,
      (activeMs) =>
        void run.pauseAtShare(
          `${Math.round((run.budget.pauseAt ?? 1) * 100)} % of the limit of time is reached: ` +
            `${Math.round(activeMs / 1_000)} s are used; optimas resume goes on, optimas budget changes the limits`,
        ),
    );
    const ended = await optimize(run);
    const result = run.state === null ? neverPrepared(run, ended) : await finalTest(run, ended);
    run.clock.end();
    await condition(allHandlersFinished);
    if (cancelledByTemporal) throw new CancelledFailure(result.reason);
    return result;
  });
}

/** Everything before the final test; gives why it ended early, or null. */
async function optimize(run: Run): Promise<Stopped | null> {
  try {
    if (run.state === null) {
      await prepare(run);
      await measureBaseline(run);
      await fitInitialRewards(run);
      run.enter('iterations', 'starting');
    }
    await iterate(run);
    return null;
  } catch (error) {
    if (error instanceof Stopped) return error;
    throw error;
  }
}

/** A run that was cancelled before its definition was found good has no configuration and nothing to measure. */
function neverPrepared(run: Run, ended: Stopped | null): OptimizationResult {
  run.endedAs = ended?.status ?? 'cancelled';
  return {
    runId: run.input.runId,
    status: run.endedAs,
    reason: ended?.reason ?? '',
    configuration: null,
    baselineTest: null,
    finalTest: null,
  };
}
