import type { Activities } from '../activities';

export type ActivityName = keyof Activities;

/** The activities that a run and its iterations call. */
export const activityNames = Object.keys({
  prepareRun: true,
  evaluate: true,
  summarize: true,
  collectCandidates: true,
  fitReward: true,
  chooseComponent: true,
  propose: true,
  scoreProposals: true,
  selectFinalists: true,
  selectSimultaneous: true,
  look: true,
  decide: true,
  recordEvent: true,
  finishRun: true,
} satisfies Record<ActivityName, true>) as readonly ActivityName[];
