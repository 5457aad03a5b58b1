import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  currentUpdateInfo,
  setHandler,
} from '@temporalio/workflow';
import {
  cancelUpdate,
  iterationPausedSignal,
  iterationWaitingSignal,
  pauseSignal,
  pauseUpdate,
  progressQuery,
  resumeSignal,
  resumeUpdate,
  setBudgetUpdate,
  type Command,
} from './messages';
import type { Run } from './run';

/** Registers the run's query, updates and signals. Commands are idempotent, and each is recorded with actor and reason. */
export function handleCommands(run: Run): void {
  const finished = (_command: Command): void => {
    if (run.phase === 'done') {
      throw ApplicationFailure.nonRetryable(`run '${run.input.runId}' has ended; start a new run`, 'RunEnded');
    }
  };
  setHandler(progressQuery, () => run.progress());
  setHandler(
    pauseUpdate,
    async (command) => {
      const pause = { reason: command.reason, by: command.actor, now: command.now };
      run.pause(pause);
      await run.toChild((child) => child.signal(pauseSignal, pause));
      await record(run, 'pause', command, { now: command.now });
      return run.progress();
    },
    { validator: finished },
  );
  setHandler(
    resumeUpdate,
    async (command) => {
      run.resume();
      await run.toChild((child) => child.signal(resumeSignal));
      await record(run, 'resume', command, {});
      return run.progress();
    },
    { validator: finished },
  );
  setHandler(
    cancelUpdate,
    async (command) => {
      run.cancel(`cancelled by ${command.actor}: ${command.reason}`, command.now);
      await record(run, 'cancel', command, { now: command.now });
      return run.progress();
    },
    { validator: finished },
  );
  setHandler(
    setBudgetUpdate,
    async (command) => {
      await run.setBudget(command.budget);
      await record(run, 'set-budget', command, { ...command.budget });
      return run.progress();
    },
    {
      validator: (command) => {
        finished(command);
        for (const [name, value] of Object.entries(command.budget)) {
          if (typeof value !== 'number' || !(value >= 0)) {
            throw ApplicationFailure.nonRetryable(`budget.${name} must be a number of at least 0`, 'InvalidBudget');
          }
        }
        const { pauseAt = 0.5 } = command.budget;
        if (!(pauseAt > 0 && pauseAt < 1)) {
          throw ApplicationFailure.nonRetryable('budget.pauseAt must be between 0 and 1', 'InvalidBudget');
        }
      },
    },
  );
  setHandler(iterationPausedSignal, (pause) => run.pause(pause));
  setHandler(iterationWaitingSignal, (reason) => run.childWaits(reason));
}

/**
 * The command has taken effect already: a run that is being cancelled, or whose worker is gone, still obeys.
 *
 * @throws ApplicationFailure `NotRecorded` when the ledger never took the record, saying so.
 */
async function record(
  run: Run,
  kind: string,
  command: Command,
  body: Record<string, string | number | boolean | null>,
): Promise<void> {
  const key = `command/${kind}/${currentUpdateInfo()?.id ?? ''}`;
  try {
    await CancellationScope.nonCancellable(() =>
      run.calls.recordEvent({
        runId: run.input.runId,
        key,
        iteration: run.state?.nextIteration ?? -1,
        kind,
        body: { actor: command.actor, reason: command.reason, ...body },
      }),
    );
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    throw ApplicationFailure.nonRetryable(
      `'${kind}' has taken effect, but could not be recorded in the ledger: ${error.cause?.message ?? error.message}`,
      'NotRecorded',
    );
  }
}
