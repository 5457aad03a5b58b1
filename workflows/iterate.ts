import {
  ChildWorkflowFailure,
  ParentClosePolicy,
  allHandlersFinished,
  condition,
  continueAsNew,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { finalTestReserve } from './final-test-reserve';
import { settledAfter } from '../core/validation/component-schedule';
import { iteration } from './iteration';
import { historyIsLong } from './long-history';
import { sendMissedCommands } from './missed-commands';
import type { optimization } from './optimization';
import type { Run } from './run';
import type { IterationResult } from './run-input';

/**
 * Stage 2 of the paper: Optimas iterations, one child workflow each, until they are done or no component improves any
 * more. Continues as new between iterations, and before the final test where the history is long.
 *
 * @throws Stopped when the run is cancelled or out of budget.
 */
export async function iterate(run: Run): Promise<void> {
  const { input, prepared: state } = run;
  const { plan } = input;
  const mostRejections = settledAfter(plan.patience, state.components.length, state.pairs);
  let inThisExecution = 0;
  for (;;) {
    if (state.rejectedInARow >= mostRejections) {
      state.settled ??= `no component improved in ${state.rejectedInARow} tries in a row`;
    }
    const over = state.nextIteration >= plan.iterations || state.settled !== undefined;
    if (historyIsLong() || (!over && inThisExecution >= input.iterationsPerExecution)) await continueRun(run);
    if (over) break;
    await run.control.step(() => Promise.resolve()); // A safe point between iterations.
    const result = await runIteration(run);
    if (result === null) continue;
    if (result.status === 'settled') {
      state.settled = result.reason;
      continue;
    }
    if (result.status !== 'decided') {
      // The run's own stop is the first, and says why: all that its iteration was told is to end.
      run.control.stop(result.status, result.reason);
      run.control.throwIfStopped();
    }
    inThisExecution += 1;
    state.nextIteration += 1;
    state.incumbent = result.incumbent;
    if (result.accepted) {
      state.accepted += 1;
      state.incumbentScore = result.after;
      await updateReserve(run);
    }
    // A simultaneous step is the try of no single component or pair, of which `patience` speaks.
    if (result.accepted) state.rejectedInARow = 0;
    else if (!result.simultaneous) state.rejectedInARow += 1;
    Object.assign(state.trusted, result.trusted);
  }
  run.control.throwIfStopped();
}

/** @throws Stopped when a cancel came meanwhile, which would not cross over. */
async function continueRun(run: Run): Promise<void> {
  await condition(allHandlersFinished);
  run.control.throwIfStopped();
  await continueAsNew<typeof optimization>({
    ...run.input,
    carried: {
      ...run.prepared,
      phase: run.phase,
      budget: run.budget,
      activeMs: run.clock.activeMs(),
      paused: run.control.paused,
      pausedAtShare: run.control.pausedAtShare,
    },
  });
}

/** The final test measures the incumbent too, which may cost more or less than what it replaced. */
async function updateReserve(run: Run): Promise<void> {
  const { input, prepared: state } = run;
  run.describe('counting what the final test needs');
  const { costPerExample } = await run.control.step(() =>
    run.calls.summarize({
      runId: input.runId,
      configurationHash: state.incumbent,
      purpose: 'validation',
      iteration: state.nextIteration - 1,
      count: Math.min(state.counts.validation, input.plan.validationExamples),
    }),
  );
  state.reserve = finalTestReserve(input, state, costPerExample);
  run.clock.wake();
}

/**
 * Null when the same iteration is to start over: the child failed, and the run is paused; or it ended by limits that were
 * replaced meanwhile.
 */
async function runIteration(run: Run): Promise<IterationResult | null> {
  const { input, prepared: state, control } = run;
  const number = state.nextIteration + 1;
  run.describe('starting');
  const told = { paused: control.paused, limits: run.limits(), limitsVersion: control.limitsVersion };
  const { workflowId } = workflowInfo();
  const child = await startChild(iteration, {
    workflowId: `${workflowId}/iteration-${number}`,
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    staticSummary: `Optimas iteration ${number} of ${input.system}`,
    args: [
      {
        schemaVersion: 1,
        runId: input.runId,
        parentWorkflowId: workflowId,
        system: input.system,
        seed: input.seed,
        iteration: state.nextIteration,
        plan: input.plan,
        limits: told.limits,
        limitsVersion: told.limitsVersion,
        incumbent: state.incumbent,
        components: state.components,
        counts: state.counts,
        activities: input.activities,
        rewardsTaskQueue: input.rewardsTaskQueue,
        chunkSize: input.chunkSize,
        fanOut: input.fanOut,
        paused: told.paused,
      },
    ],
  });
  run.follow(child);
  await run.toChild((handle) =>
    sendMissedCommands(handle, told, {
      paused: control.paused,
      limits: run.limits(),
      limitsVersion: control.limitsVersion,
      stopped: control.stopped,
    }),
  );
  try {
    const result = await child.result();
    const { limitsVersion = control.limitsVersion } = result;
    return result.status === 'budget-exhausted' && limitsVersion !== control.limitsVersion ? null : result;
  } catch (error) {
    if (!(error instanceof ChildWorkflowFailure)) throw error;
    control.throwIfStopped(); // Else the pause would hold up the final test.
    const reason = `iteration ${number} failed: ${error.cause?.message ?? error.message}`;
    run.pause({ reason, by: 'optimas', now: false });
    return null;
  } finally {
    run.follow(null);
  }
}
