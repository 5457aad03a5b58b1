import type { Limits, Spend } from '../core/run/budget';
import type { RunPlan } from '../core/run/plan';
import type { Purpose } from '../core/system/draw';
import type { Split } from '../core/system/system';

/** Types that activities and workflows share: plain JSON, every payload far below 128 KiB. */

/**
 * Examples by use. The training split is parted once per run: what proposals are ranked on never trains a reward and is
 * never shown in a prompt.
 */
export interface ExampleCounts {
  preference: number;
  ranking: number;
  validation: number;
  test: number;
}

export interface TunableComponent {
  name: string;
  variables: string[];
  /** Its proposals are made from traces of the incumbent: it has a prompt, or an optimizer of the user's own. */
  traced: boolean;
}

/** What every activity that may call models gets. */
export interface MeteredInput {
  runId: string;
  /** Limits in force; a call that would be made at or over one is not made. */
  limits: Limits;
}

export interface PrepareRunInput {
  runId: string;
  system: string;
  seed: number;
  plan: RunPlan;
  fresh: boolean;
  startFrom?: string;
  /** 1 to 5; absent: the usual one. */
  priority?: number;
}

export interface PreparedRun {
  definitionHash: string;
  /** Hash of the configuration that the run starts from. */
  baseline: string;
  components: TunableComponent[];
  /** How many pairs of components may be changed together. */
  pairs: number;
  counts: ExampleCounts;
}

/** A range of a deterministic sample of one split; the sample is a function of (seed, purpose, iteration). */
export interface ExampleRange {
  split: Split;
  purpose: Purpose;
  iteration: number;
  /** Size of the sample; `from` and `to` index it, `to` excluded. */
  count: number;
  from: number;
  to: number;
}

export interface EvaluateInput extends MeteredInput {
  configurationHash: string;
  range: ExampleRange;
  /** Measure those again that failed (in every attempt): what made them fail was mended. */
  again?: boolean;
}

export interface EvaluateResult {
  examples: number;
  failures: number;
}

export interface SummarizeInput {
  runId: string;
  configurationHash: string;
  purpose: Purpose;
  iteration: number;
  count: number;
}

/** Calls, tokens, US dollars, and milliseconds of waiting for models. */
export type ExampleCost = Spend & { wallClockMs: number };

/** Mean score and mean full price of an example (what it would cost without the memo). */
export interface EvaluationSummary {
  mean: number;
  ci95: [number, number];
  n: number;
  failures: number;
  /** Said when all examples failed: the definition or the set-up is broken, and tuning would be a waste. */
  nothingWorks?: string;
  costPerExample: ExampleCost;
}

export interface CollectCandidatesInput extends MeteredInput {
  component: string;
  configurationHash: string;
  iteration: number;
  /** Size of the iteration's training sample, and the range of it to collect for. */
  count: number;
  from: number;
  to: number;
}

export interface CollectCandidatesResult {
  inputs: number;
  candidates: number;
}

export interface FitRewardInput extends MeteredInput {
  component: string;
  iteration: number;
  configurationHash: string;
}

export interface FitRewardResult {
  status: 'fitted' | 'no-preference-signal';
  version: number;
  trusted: boolean;
  alignment: number | null;
  ci95: [number, number] | null;
  /** Pairs that the reward was judged by: those without the ground truth. */
  pairs: number;
  reason: string;
  update: RewardUpdate;
}

/** How a version of a reward came about, and what fresh pairs said of the one before. */
export interface RewardUpdate {
  /** `rolled-back`: no update helped on held-out fresh pairs, so the members of the version before stay. */
  how: 'fitted' | 'adapted' | 'rolled-back' | 'none';
  why: string;
  /** Alignment of the version before on pairs that it had not seen; null: there was none, or no such pair counts. */
  freshAlignment: number | null;
  /** Fresh pairs were ordered significantly worse than held-out pairs when that version was made. */
  driftAlarm: boolean;
  /** The first iteration whose pairs judge the reward: those from before a drift that adapting did not mend are stale. */
  judgedFrom: number;
}

export interface ChooseComponentInput {
  runId: string;
  iteration: number;
  components: TunableComponent[];
}

/** What an iteration changes. */
export type ChosenMove =
  | {
      component: string;
      partner?: string;
      others?: string[];
      /** Those of its components whose rewards are adapted, on fresh preference data; absent in records of earlier builds: none. */
      adapts?: string[];
      reason: string;
    }
  /** Nothing: the reason says why the run ends. */
  | { component: null; reason: string };

/** Which local step of which component an activity belongs to. */
export interface LocalStep {
  runId: string;
  component: string;
  /** The component that is changed together with it, in a joint move. */
  partner?: string;
  /** Part of a simultaneous step: what changes other components too is not proposed. */
  simultaneous?: boolean;
  iteration: number;
  /** The incumbent. */
  configurationHash: string;
}

export interface ProposeInput extends LocalStep, MeteredInput {
  /** Size of the iteration's preference sample: demonstrations are bootstrapped from its traces. */
  count: number;
  /** Absent in the first round; the second proposes combinations of what ranked best in it. Of a joint move both propose pairs. */
  ranked?: RankedProposals;
}

/** Proposals by reference: their texts stay in the database. */
export interface ProposalsReference {
  /** SHA-256 of the blob. */
  sha256: string;
  /** Hash of the whole configuration with each proposal in place: what identifies it from here on. */
  hashes: string[];
}

export interface ScoreProposalsInput extends LocalStep, MeteredInput {
  /** The proposals to judge, by the hash of the whole configuration with each in place. */
  hashes: string[];
  /** SHA-256 of the blobs that hold these proposals. */
  blobs: string[];
  /** Size of the sample that the iteration traced for its local step. */
  count: number;
  /** How many of it are judged on, from its first. */
  inputs: number;
  /** `reward`: the component's LRF where it is trusted, else the global metric. `metric`: always the global metric. */
  judge: Judge;
}

/** Expected gain in score over the incumbent on the same inputs, by the trusted LRF or else by downstream rollouts. */
export interface ProposalScore {
  /** Hash of the whole configuration with the proposal in place. */
  configurationHash: string;
  meanGain: number;
  /** Of the mean over inputs, with what the members of the LRF disagree by. */
  standardError: number;
  inputs: number;
  /** Hash of the component's outputs on all inputs: proposals with the same one do the same. */
  outputsHash: string;
  /** Settings that it changes. */
  changes: number;
  /** Who judged it: `reward` where a trusted one predicted gains; on inputs on which a call failed the metric said what that costs. */
  judge: Judge;
}

export type Judge = 'reward' | 'metric';

/** What is needed of a round to choose from it: scores name the proposals. */
export interface JudgedRound {
  reference: Pick<ProposalsReference, 'sha256'>;
  scores: ProposalScore[];
}

export interface RankedProposals extends JudgedRound {
  reference: ProposalsReference;
}

export interface SelectFinalistsInput extends LocalStep {
  rounds: RankedProposals[];
  /** The best of the rounds, judged by the global metric. */
  shortlist: ProposalScore[];
}

/** Configuration hashes, best first; the incumbent is not among them. */
export interface Finalists {
  hashes: string[];
  reason: string;
}

/** The local steps of a simultaneous step, whose finalist is the best of each put together. */
export interface SelectSimultaneousInput {
  runId: string;
  iteration: number;
  /** The incumbent. */
  configurationHash: string;
  /** In the order of the graph. */
  parts: { component: string; rounds: JudgedRound[] }[];
}

export interface LookInput {
  runId: string;
  iteration: number;
  incumbent: string;
  /** All finalists that entered validation: the test is adjusted for their number. */
  entered: number;
  /** The finalists that are still in; their first examples up to the look are measured. */
  finalists: string[];
  /** Size of the validation sample, and which look at it this is, from 0. */
  count: number;
  look: number;
}

/** Finalists that go on to the next look; none where this one ends the validation. */
export interface LookResult {
  hashes: string[];
}

export interface DecideInput {
  runId: string;
  iteration: number;
  component: string;
  /** Of a joint move. */
  partner?: string;
  /** The other components of a simultaneous step. */
  others?: string[];
  incumbent: string;
  /** All finalists that entered validation: the test is adjusted for their number. */
  entered: number;
  count: number;
  /** The look at which validation ended; null where nothing was validated, with why. */
  look: number | null;
  skipped?: string;
}

export interface Decision {
  accepted: boolean;
  /** The incumbent after the decision. */
  incumbent: string;
  reason: string;
  before: number | null;
  after: number | null;
}

export interface RecordEventInput {
  runId: string;
  key: string;
  iteration: number;
  kind: string;
  body: Record<string, string | number | boolean | null>;
}

export interface FinishRunInput {
  runId: string;
  status: 'completed' | 'budget-exhausted' | 'cancelled';
  reason: string;
  baseline: string;
  incumbent: string;
  /** Sizes of the final samples; 0 when the final test was skipped. */
  validationCount: number;
  testCount: number;
  wallClockMs: number;
}

export interface FinishRunResult {
  baselineTest: number | null;
  finalTest: number | null;
}
