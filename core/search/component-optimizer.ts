import type { Candidate } from '../preference/candidate';
import type { Configuration } from '../system/configuration';
import type { RandomStream } from '../random/stream';
import type { JsonObject } from '../system/json';
import type { ChatMessage } from '../system/run-context';
import { hasChoice, type SettingKind, type Variables } from '../system/variable';
import type { TracedExample } from './demonstration-proposals';
import type { SettingsObservation } from './hyperparameter-proposals';
import type { PastProposal } from './past-proposal';
import type { Incumbent, Proposal } from './proposal';

/** One call of the component under the incumbent on a training input, and what the system scored there. */
export interface TracedCall {
  exampleId: string;
  inputs: JsonObject;
  /** Absent: the component failed. */
  outputs?: JsonObject | undefined;
  /** Why the component failed. */
  failure?: string | undefined;
  /** The system's score in [0, 1]. */
  score: number;
  /** The metric's textual feedback. */
  feedback?: string | undefined;
  /** The output that the data says is right for the component. */
  groundTruth?: JsonObject | undefined;
}

/** Something that was not tried, and why. */
export interface RejectedProposal {
  /** The start of what was rejected, for people. */
  text: string;
  reason: string;
}

/** The configured proposer model, on the account of the run. */
export interface ProposerModel {
  /**
   * Its reply, of at most `maxTokens`, to a request about one variable; undefined where the endpoint will never take the request, which
   * is then recorded. Asking the same again is answered from the memo.
   */
  ask(variable: string, messages: ChatMessage[], maxTokens: number): Promise<string | undefined>;
}

/**
 * What an optimizer works from. Calls, demonstrations, scores and gains are of training examples; no validation example or score
 * enters a prompt. What validation decided does pass: the incumbent and `accepted` of past proposals, which `standings` follows, are
 * its choices, and `count` rests on gains that it measured (`slot-outcomes.ts`). Test examples decide nothing; only, as validation
 * examples, what copies them is rejected and calls for the same inputs are left out.
 */
export interface OptimizerContext {
  incumbent: Incumbent;
  component: {
    name: string;
    description: string;
    inputFields: readonly string[];
    outputFields: readonly string[];
  };
  /** The whole system, for changes of several components at once. */
  system: {
    configuration: Configuration;
    /** By component. */
    variables: Readonly<Record<string, Variables>>;
  };
  /** Calls under the incumbent, one per training example that was traced. */
  traces: readonly TracedCall[];
  /** Calls as demonstrations: the best output that the preference data has for each input. */
  demonstrable: readonly TracedExample[];
  /** The newest preference data, of this iteration where it collected any: candidate outputs for the same inputs, with the scores of their rollouts. */
  candidates: readonly Candidate[];
  /** What the preference data says about alternative settings. */
  observations: readonly SettingsObservation[];
  /** What the component's newest 40 iterations proposed for it, oldest first. */
  past: readonly PastProposal[];
  /** What other optimizers offered in this iteration; empty unless the optimizer is one that `combines`. */
  offered: readonly Proposal[];
  /** How many proposals will be tried; further ones are spares, tried where other optimizers offer too few. Best first. */
  count: number;
  /** Seeded, the optimizer's own. */
  stream: RandomStream;
  /** Undefined: none is configured. */
  proposer: ProposerModel | undefined;
  /**
   * By how much the component's trusted LRF of before this iteration prefers each candidate output to the other one for the
   * same inputs, in score, in order; undefined: it is not trusted.
   */
  rewardGains:
    | ((
        comparisons: readonly { inputs: JsonObject; incumbent: JsonObject; candidate: JsonObject }[],
      ) => Promise<number[]>)
    | undefined;
  /** Ends with the attempt. */
  signal: AbortSignal;
  /** Records what was not offered, and why. */
  reject(rejected: RejectedProposal): void;
}

/** One way of proposing settings for a component. The portfolio runs all that apply (`activities/optimize-component/run-portfolio.ts`). */
export interface ComponentOptimizer {
  /** Unique; what the plan's `optimizers` names, and what records credit. */
  readonly name: string;
  /** Which kinds of setting it changes: it applies to components that have one of them. */
  readonly kinds: readonly SettingKind[];
  /** It is useless without a proposer model. */
  readonly needsProposer?: boolean;
  /** It is run after the others, and sees what they offered. */
  readonly combines?: boolean;
  /** Whether there is anything to propose now; absent: always. */
  applies?(context: Pick<OptimizerContext, 'incumbent' | 'traces' | 'past'>): boolean;
  propose(context: OptimizerContext): Promise<readonly Proposal[]> | readonly Proposal[];
}

/** The kinds of setting of which a component has a choice. */
export function settingKinds({ variables }: Incumbent): Set<SettingKind> {
  const kinds = new Set<SettingKind>();
  for (const variable of Object.values(variables).filter(hasChoice)) {
    if (variable.type === 'model') kinds.add('model');
    else if (variable.type !== 'prompt') kinds.add('hyperparameter');
    else {
      kinds.add('instructions');
      if (variable.maxDemonstrations > 0) kinds.add('demonstrations');
    }
  }
  return kinds;
}

/**
 * Those of `optimizers` that can propose something here.
 *
 * @param options.named names to keep; `all`: every one.
 */
export function applicableOptimizers(
  optimizers: readonly ComponentOptimizer[],
  options: { named: 'all' | readonly string[]; proposer: boolean } & Pick<
    OptimizerContext,
    'incumbent' | 'traces' | 'past'
  >,
): ComponentOptimizer[] {
  const { incumbent, named, proposer } = options;
  const present = settingKinds(incumbent);
  return optimizers.filter(
    (optimizer) =>
      (named === 'all' || named.includes(optimizer.name)) &&
      optimizer.kinds.some((kind) => present.has(kind)) &&
      (proposer || optimizer.needsProposer !== true) &&
      (optimizer.applies?.(options) ?? true),
  );
}
