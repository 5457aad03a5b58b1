import { WorkflowFailedError } from '@temporalio/client';
import { RetryState } from '@temporalio/common';
import { blameOf } from './blame';
import { StalledRun } from './watch-run';

describe('blameOf', () => {
  it('blames a run that failed or stalled, so that the others go on', () => {
    const failed = new WorkflowFailedError('failed', new Error('it broke'), RetryState.NON_RETRYABLE_FAILURE);
    expect(blameOf(failed)).toBe('the run failed: it broke');
    expect(blameOf(new WorkflowFailedError('failed', undefined, RetryState.TIMEOUT))).toBe('the run failed: failed');
    expect(blameOf(new StalledRun('no progress'))).toBe('no progress');
  });

  it('blames no run for what else went wrong', () => {
    expect(blameOf(new Error('interrupted by SIGINT'))).toBeUndefined();
  });
});
