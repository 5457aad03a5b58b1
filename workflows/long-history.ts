import { workflowInfo } from '@temporalio/workflow';

/**
 * Events after which a run continues as new at its next safe point, and activities in one fan-out at most. With them no
 * history reaches the 4,096 events at which the server first asks for a continuation. An activity takes 6 events at most:
 * scheduled, started and completed, and as many of the workflow task that it wakes.
 *
 * - A run before its iterations: 3 fan-outs, 2 single activities and a fit of each of 20 components are 1,932 events.
 * - Until it continues: 2,000, and an iteration that was begun just before: about 20.
 * - Its final test when it ended early, without a continuation: 2 fan-outs and 1 single activity are 1,206. In all 3,226.
 * - A single step: 5 fan-outs over examples, 3 over proposals (twice 16 and a shortlist of 6 in 10 activities), 7 single
 *   activities are 3,102 events. A simultaneous step of 16 components with 16 proposals each (`isSimultaneous` allows no more): the same
 *   fan-outs over examples, 6 activities over proposals, 2 rounds and a fit of each, and 6 single activities are 3,900 events.
 *
 * The rest is left for commands, for pauses and for waiting.
 */
export const eventsBeforeContinuation = 2_000;
export const mostActivitiesPerFanOut = 100;

/** The history is so long that the workflow should continue as new. */
export function historyIsLong(): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || historyLength >= eventsBeforeContinuation;
}
