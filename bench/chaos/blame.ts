import { WorkflowFailedError } from '@temporalio/client';
import { StalledRun } from './watch-run';

/** What is wrong with a run that ended with this error; undefined where it was the program that could not go on. */
export function blameOf(error: unknown): string | undefined {
  if (error instanceof StalledRun) return error.message;
  // A run must never fail: it pauses for what a person can mend.
  if (error instanceof WorkflowFailedError) return `the run failed: ${error.cause?.message ?? error.message}`;
  return undefined;
}
