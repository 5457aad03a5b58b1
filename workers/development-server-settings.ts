/** Dynamic configuration of the Temporal development server that `optimas dev` starts. */
export const developmentServerSettings = Object.freeze({
  // Without it this version of the server ignores priorities.
  'matching.useNewMatcher': true,
  // The answer to a workflow task may bring the activity that it scheduled: a short step needs no trip through matching.
  'system.enableActivityEagerExecution': true,
});
