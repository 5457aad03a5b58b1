import type { Schedule } from '../validation/component-schedule';

/** How much a run measures and tries. Every number has a default; `optimization` in the config and the command line override it. */
export interface RunPlan {
  /** Optimas iterations at most. */
  iterations: number;
  /** Training inputs for the initial preference data (stage 1 of the paper). */
  preferenceInputs: number;
  /** Fresh training inputs per iteration (paper: 20). */
  adaptationInputs: number;
  /** Candidate outputs per input and component, the base output included, the ground truth not (paper: 2; reference: 4 or 5). */
  candidatesPerInput: number;
  /** Downstream rollouts per candidate, in the mean, where a descendant is stochastic; those that are close get more (1: one each). */
  rolloutsPerCandidate: number;
  /** Sampling temperature of candidate outputs. */
  samplingTemperature: number;
  /** Proposals per component step that the LRF ranks. */
  proposals: number;
  /** Names of the optimizers that propose settings; `all`: every one that applies to the component. */
  optimizers: 'all' | readonly string[];
  /** Largest share of a prompt's words that a proposal may change (normalised edit distance); 1: no limit. */
  promptTrustRegion: number;
  /** Training inputs on which all proposals are ranked. */
  rankingInputs: number;
  /** The best proposals that are judged once more, by the global metric on more inputs (successive halving). */
  shortlist: number;
  /** Training inputs on which the shortlist is judged; the ranking inputs are among them. */
  shortlistInputs: number;
  /** Proposals that go on to validation, the incumbent not counted. */
  finalists: number;
  /** Validation examples per iteration, redrawn from the validation split and measured in stages (`looksAt`). */
  validationExamples: number;
  /** Test examples of the final test. */
  testExamples: number;
  /** Acceptance: the chance that a run accepts anything when nothing is better; shared among its `iterations`. */
  alpha: number;
  /** Acceptance: the least gain worth accepting, in score. */
  minimumEffect: number;
  /**
   * Whether Local Reward Functions rank proposals. False: no preference data is collected and none is fitted, and the global metric
   * ranks: what rewards are worth is measured against that.
   */
  rewards: boolean;
  /** How much score one US dollar of an example is worth: 2 takes 0.02 off the score of an example that costs a cent. */
  scorePerUsd: number;
  /** How much score one second of an example's latency is worth. */
  scorePerSecond: number;
  /** How an iteration's component is chosen. */
  schedule: Schedule;
  /** The run ends early after this many consecutive tries of every component, and one of every pair, without an acceptance. */
  patience: number;
  /**
   * Whether the first iteration changes all components at once, each to the best of its own local step, and so on until that is
   * rejected for the first time; single steps follow.
   */
  simultaneousSteps: boolean;
  /** Whether two components may be changed together when single ones do not get further. */
  jointMoves: boolean;
  /**
   * The run ends early when no component or pair is expected to gain so much in score for 1,000 calls of components that are not
   * deterministic in its next try, and each component was tried since the others' last update; 0: never, as with `scorePerUsd` or `scorePerSecond`. Not without `rewards`.
   */
  worthwhileGain: number;
}

export const defaultPlan: RunPlan = Object.freeze({
  iterations: 10,
  preferenceInputs: 4,
  adaptationInputs: 12,
  candidatesPerInput: 4,
  rolloutsPerCandidate: 2,
  samplingTemperature: 1,
  proposals: 16,
  optimizers: 'all',
  promptTrustRegion: 1,
  rankingInputs: 12,
  shortlist: 6,
  shortlistInputs: 24,
  finalists: 3,
  validationExamples: 80,
  testExamples: 200,
  alpha: 0.05,
  minimumEffect: 0,
  rewards: true,
  scorePerUsd: 0,
  scorePerSecond: 0,
  schedule: 'gain-per-cost',
  patience: 2,
  simultaneousSteps: true,
  jointMoves: true,
  worthwhileGain: 0,
});
