import { adaptiveRollouts as adaptively } from '../core/preference/adaptive-rollouts';
import type { Budget } from '../core/run/budget';
import type { Component } from '../core/system/component';
import type { Configuration } from '../core/system/configuration';
import type { Draw } from '../core/system/draw';
import { heldOutcomes } from '../core/system/held-outcomes';
import { examplePrice, usagesOf, type ExamplePrice } from '../core/system/example-price';
import { runExample, scoreTrace } from '../core/system/interpreter';
import type { JsonObject } from '../core/system/json';
import type { Cost, Example } from '../core/system/run-context';
import type { ComponentOutcome, ExampleScore, ExampleTrace } from '../core/system/trace';
import type { OpenRun } from './open-run';
import { settleAll } from './settle-all';

export interface RolloutOptions {
  run: OpenRun;
  limits: Budget;
  configuration: Configuration;
  component: Component;
  example: Example;
  trace: ExampleTrace;
  draw: Draw;
  signal: AbortSignal;
}

/** A rollout's score, and what the example costs the system with the output in place. */
export interface PricedScore extends ExampleScore {
  price: ExamplePrice;
}

/**
 * Scores one output of a component by one rollout of its graph descendants; the outcomes of all other components come from the trace.
 * For means over inputs: another input tells more than another rollout of the same one.
 *
 * @param options.usage what the call that gave the output cost; default: what the call in the trace did.
 */
export function downstreamRollout(
  options: RolloutOptions & { outputs: JsonObject; usage?: Cost },
): Promise<PricedScore> {
  return rollOut(options, options.outputs, 0, options.usage);
}

/**
 * `E_down[R | output]` by Monte Carlo for the candidates of one input, by place; those whose order is least sure get more of the
 * rollouts. One each where every descendant and the metric are deterministic.
 */
export function adaptiveRollouts(options: RolloutOptions, candidates: readonly JsonObject[]): Promise<PricedScore[][]> {
  const usual = isStochastic(options) ? options.run.plan.rolloutsPerCandidate : 1;
  return adaptively(
    candidates.length,
    usual,
    (candidate, index) => rollOut(options, candidates[candidate] as JsonObject, index),
    (rollouts) => settleAll(rollouts, () => Promise.resolve()),
  );
}

/** One rollout of an example under changed settings. */
export interface ChangedRollout {
  score: PricedScore;
  /** What the changed components did, by name. */
  outcomes: Record<string, ComponentOutcome>;
}

/**
 * Scores a configuration on one example as far as it can differ from the trace: the `changed` components and their graph descendants
 * run, the outcomes of all others come from the trace. For changes of several components, which no output of one can stand for.
 */
export async function changedRollout(
  options: Omit<RolloutOptions, 'component'> & { changed: readonly string[] },
): Promise<ChangedRollout> {
  const { run, changed, trace } = options;
  const { score, rolled } = await rollOutGiven(options, heldOutcomes(run.resolved.system.wiring, trace, changed), 0);
  const outcomes = changed.flatMap((name) => {
    const outcome = rolled.components[name]?.outcome;
    return outcome === undefined ? [] : [[name, outcome] as const];
  });
  return { score, outcomes: Object.fromEntries(outcomes) };
}

/** Whether the metric or a descendant is stochastic. */
function isStochastic({ run, component }: RolloutOptions): boolean {
  const { system } = run.resolved;
  const descendants = system.wiring.descendants[component.name];
  return (
    !system.metricDeterministic || system.components.some((item) => !item.deterministic && descendants?.has(item.name))
  );
}

async function rollOut(
  options: RolloutOptions,
  outputs: JsonObject,
  index: number,
  usage?: Cost,
): Promise<PricedScore> {
  const { run, component, trace } = options;
  const given = {
    ...heldOutcomes(run.resolved.system.wiring, trace, [component.name]),
    [component.name]: { status: 'ok', outputs } as const,
  };
  return (await rollOutGiven(options, given, index, usage && { [component.name]: usage })).score;
}

async function rollOutGiven(
  options: Omit<RolloutOptions, 'component'>,
  given: Record<string, ComponentOutcome>,
  index: number,
  usage: Record<string, Cost> = {},
): Promise<{ score: PricedScore; rolled: ExampleTrace }> {
  const { run, example, trace, configuration, signal } = options;
  const { system } = run.resolved;
  const caller = run.caller(options.limits);
  const draw = { ...options.draw, index };
  const rolled = await runExample({ system, configuration, example, draw, caller, signal, given });
  const { usage: _, ...score } = await scoreTrace(rolled, { system, example, draw, caller, signal });
  // What was held fixed cost what it did in the trace.
  const usages = { ...usagesOf(rolled), ...fixedUsages(trace, given), ...usage };
  return { score: { ...score, price: examplePrice(usages, system.wiring) }, rolled };
}

function fixedUsages(trace: ExampleTrace, given: Readonly<Record<string, unknown>>): Record<string, Cost> {
  return Object.fromEntries(Object.entries(usagesOf(trace)).filter(([name]) => name in given));
}
