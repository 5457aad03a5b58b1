import { CancelledFailure, WorkflowFailedError } from '@temporalio/client';
import { RetryState } from '@temporalio/common';
import { followRun } from './follow-run';
import type { Runs } from './project';

/** A run that has ended: its workflow as `failed`, if at all, and with a result in the database if it is `recorded`. */
function endedRun(recorded: boolean, failed?: Error): Runs {
  return {
    client: {
      isOpen: async () => false,
      spend: async () => ({}),
      result: async () => {
        if (failed !== undefined) throw failed;
      },
    },
    stores: {
      ledger: { list: async () => [] },
      runs: { get: async () => ({ result: recorded ? {} : undefined }) },
    },
  } as unknown as Runs;
}

const display = { update: () => {}, line: () => {}, end: () => {} };
const follow = (runs: Runs) => followRun(runs, 'run', display, new AbortController().signal);
const cancelled = new WorkflowFailedError(
  'cancelled',
  new CancelledFailure('by Temporal'),
  RetryState.NON_RETRYABLE_FAILURE,
);
const terminated = new WorkflowFailedError('terminated', new Error('out of hand'), RetryState.NON_RETRYABLE_FAILURE);

describe('a run that has ended', () => {
  it("has a result after Temporal's own Cancel, also one that was never prepared", async () => {
    expect(await follow(endedRun(true, cancelled))).toEqual({ ended: 'result' });
    expect(await follow(endedRun(false, cancelled))).toEqual({ ended: 'result' });
  });

  it('has failed where nothing is recorded and the workflow failed', async () => {
    await expect(follow(endedRun(false, terminated))).rejects.toBe(terminated);
    expect(await follow(endedRun(true, terminated))).toEqual({ ended: 'result' });
  });
});
