import { Stopped } from './control';
import type { Run } from './run';
import type { OptimizationResult } from './run-input';

/**
 * Measures baseline and final configuration on test examples, from the reserved part of the budget, and writes the result.
 * A run that ended early gets its final test too, unless it was cancelled with `now`.
 */
export async function finalTest(run: Run, ended: Stopped | null): Promise<OptimizationResult> {
  const { input, prepared: state, control } = run;
  const { plan, runId } = input;
  control.clearStop();
  let status: OptimizationResult['status'] = ended?.status ?? 'completed';
  let reason = ended?.reason ?? 'all iterations are done';
  if (ended === null && state.nextIteration < plan.iterations) {
    reason = state.settled ?? reason;
  }
  let testCount = run.skipFinalTest ? 0 : Math.min(state.counts.test, plan.testExamples);
  const validationCount = Math.min(state.counts.validation, plan.validationExamples);
  run.enter('final-test', testCount === 0 ? 'recording the result' : 'measuring baseline and final configuration');
  try {
    if (testCount > 0) {
      if (state.incumbent !== state.baseline) {
        const sample = { split: 'validation', purpose: 'baseline', count: validationCount } as const;
        await run.evaluate([state.incumbent], sample, () => run.finalLimits());
      }
      const configurations = [...new Set([state.baseline, state.incumbent])];
      await run.evaluate(configurations, { split: 'test', purpose: 'test', count: testCount }, () => run.finalLimits());
    }
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    testCount = 0;
    status = error.status;
    reason = `${reason}; the final test was not finished: ${error.reason}`;
    control.clearStop();
  }
  const result = await untilDone(run, () =>
    run.calls.finishRun({
      runId,
      status,
      reason,
      baseline: state.baseline,
      incumbent: state.incumbent,
      validationCount,
      testCount,
      wallClockMs: run.clock.activeMs(),
    }),
  );
  run.endedAs = status;
  run.enter('done', `${status}: ${reason}`);
  return { runId, status, reason, configuration: state.incumbent, ...result };
}

/** A cancel that comes while the result is being written changes nothing: the run is ending. */
async function untilDone<T>(run: Run, activity: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await run.control.step(activity);
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      run.control.clearStop();
    }
  }
}
