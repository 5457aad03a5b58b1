import { localStepInputs, rankingExamples, simultaneousInputs } from '../../core/run/local-step-inputs';
import { hasOptimizer, readsTraces, type Proposing } from '../../core/search/optimizers-for';
import { builtInOptimizers } from '../../core/search/optimizers/built-in';
import type { RunPlan } from '../../core/run/plan';
import { initialConfiguration } from '../../core/system/configuration';
import { jointPairs, type ComponentPair } from '../../core/system/joint-pairs';
import type { Split, System } from '../../core/system/system';
import { hasChoice } from '../../core/system/variable';

/** Model calls of a run by phase, about, when nothing is answered from the memo. */
export interface CallEstimate {
  baseline: number;
  preference: number;
  /** A simultaneous step, where the plan has them. */
  firstIteration: number;
  /** Any other one. */
  iteration: number;
  iterations: number;
  finalTest: number;
  total: number;
}

/** What one model call takes. */
export interface CallPrice {
  tokens: number;
  usd: number;
  /** Milliseconds. */
  latencyMs: number;
}

export interface Estimate {
  calls: number;
  tokens: number;
  usd: number;
  /** Milliseconds. */
  wallClockMs: number;
}

/** What is known about a system's calls beside its definition. */
export interface CallKnowledge {
  /** A proposer model writes instructions: one call per prompt of an iteration's component by each optimizer that asks it. */
  proposer?: boolean;
  /** The user's own optimizers. */
  optimizers?: Proposing['own'];
  /** Model calls in one call of a component, by its name, as an earlier run made them. */
  callsOf?: Readonly<Record<string, number>>;
}

/**
 * About how many model calls a run makes, from its plan. Where `callsOf` does not say otherwise, a component that is not
 * declared deterministic counts as one call. The first iteration of a plan with simultaneous steps changes all components that the
 * plan's optimizers can tune; every other is taken to change what is dearest to try, a component or two in a joint move. Not counted: calls by metrics, embeddings, calls that are tried again.
 * Examples are counted as the dataset has them.
 */
export function estimateCalls(
  system: System,
  plan: RunPlan,
  examples: Readonly<Record<Split, number>>,
  { proposer = false, optimizers = [], callsOf = {} }: CallKnowledge = {},
): CallEstimate {
  const callsIn = Object.fromEntries(
    system.components.map(({ name, deterministic }) => [name, callsOf[name] ?? (deterministic ? 0 : 1)]),
  );
  const sum = (names: readonly string[]): number => names.reduce((total, name) => total + (callsIn[name] ?? 0), 0);
  const proposing: Proposing = { own: optimizers, named: plan.optimizers, proposer };
  const initial = initialConfiguration(system);
  const tunable = system.components.filter(
    (item) =>
      Object.values(item.configuration).some(hasChoice) && hasOptimizer(item, initial[item.name] ?? {}, proposing),
  );
  const names = tunable.map(({ name }) => name);
  const run = sum(Object.keys(callsIn));
  const descendants = (name: string): string[] => [...(system.wiring.descendants[name] ?? [])];
  /** Calls of one candidate and its rollouts. */
  const candidate = (name: string): number => sum([name]) + plan.rolloutsPerCandidate * sum(descendants(name));
  /** Of one proposal on one input, where the metric judges it. */
  const proposal = (name: string): number => sum([name, ...descendants(name)]);
  const jointly = ({ component, partner }: ComponentPair): number =>
    sum([...new Set([component, partner, ...descendants(component), ...descendants(partner)])]);
  const allTogether = (calls: (name: string) => number): number =>
    names.reduce((total, name) => total + calls(name), 0);
  const prompts = tunable.map(({ configuration }) => Object.values(configuration).filter(isPrompt).length);
  const dearestCandidate = Math.max(0, ...names.map(candidate));
  const pairs = plan.jointMoves ? jointPairs(system.wiring, names) : [];
  const dearestMove = Math.max(0, ...names.map(proposal), ...pairs.map(jointly));
  const validation = Math.min(plan.validationExamples, examples.validation);
  const test = Math.min(plan.testExamples, examples.test);
  const preferenceInputs = plan.rewards ? Math.min(plan.preferenceInputs, examples.train) : 0;
  const fresh = Math.min(plan.adaptationInputs, examples.train);
  const { ranked, traced } = localStepInputs(plan, rankingExamples(examples.train));
  const baseline = validation * run;
  const preference = preferenceInputs * (run + plan.candidatesPerInput * allTogether(candidate));
  const freshTraced = plan.rewards || tunable.some((item) => readsTraces(item, proposing)) ? fresh : 0;
  const prompted = proposer ? askingOptimizers(plan) : 0;
  const iteration =
    (freshTraced + traced) * run +
    (plan.rewards ? fresh : 0) * plan.candidatesPerInput * dearestCandidate +
    // Two rounds of proposals, the second one of combinations.
    2 * plan.proposals * ranked * dearestMove +
    plan.shortlist * traced * dearestMove +
    validation * run * (plan.finalists + 1) +
    prompted * Math.max(0, ...prompts);
  const firstIteration =
    plan.simultaneousSteps && names.length > 1
      ? (freshTraced + traced) * run +
        (plan.rewards ? fresh : 0) * plan.candidatesPerInput * allTogether(candidate) +
        2 * plan.proposals * simultaneousInputs(ranked) * allTogether(proposal) +
        validation * run * 2 +
        prompted * prompts.reduce((total, count) => total + count, 0)
      : iteration;
  const iterations = firstIteration + Math.max(0, plan.iterations - 1) * iteration;
  const finalTest = (2 * test + validation) * run;
  return {
    baseline,
    preference,
    firstIteration,
    iteration,
    iterations,
    finalTest,
    total: baseline + preference + iterations + finalTest,
  };
}

/** How many of the plan's optimizers ask a proposer model. */
function askingOptimizers({ optimizers }: RunPlan): number {
  return builtInOptimizers.filter(
    ({ name, needsProposer }) => needsProposer === true && (optimizers === 'all' || optimizers.includes(name)),
  ).length;
}

function isPrompt({ type }: { type: string }): boolean {
  return type === 'prompt';
}

/** What the calls take, `concurrency` at a time. */
export function estimateRun({ total }: CallEstimate, each: CallPrice, concurrency: number): Estimate {
  return {
    calls: total,
    tokens: total * each.tokens,
    usd: total * each.usd,
    wallClockMs: (total * each.latencyMs) / concurrency,
  };
}

/** Usual shares of a run's work, for a run whose system is not at hand: only good for how much of it is done. */
export function usualShares(iterations: number): CallEstimate {
  return {
    baseline: 5,
    preference: 15,
    firstIteration: 70 / Math.max(1, iterations),
    iteration: 70 / Math.max(1, iterations),
    iterations: 70,
    finalTest: 10,
    total: 100,
  };
}
