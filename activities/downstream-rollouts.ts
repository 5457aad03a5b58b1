import { adaptiveRollouts as adaptively } from '../core/preference/adaptive-rollouts';
import type { Budget } from '../core/run/budget';
import type { Component } from '../core/system/component';
import type { Configuration } from '../core/system/configuration';
import type { Draw } from '../core/system/draw';
import { heldOutcomes } from '../core/system/held-outcomes';
import { runExample, scoreTrace } from '../core/system/interpreter';
import type { JsonObject } from '../core/system/json';
import type { Example } from '../core/system/run-context';
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

/**
 * Scores one output of a component: `E_down[R | output]` by Monte Carlo. Only graph descendants run; the outcomes of all
 * other components come from the trace. One rollout where every descendant and the metric are deterministic.
 */
export async function downstreamRollouts(options: RolloutOptions & { outputs: JsonObject }): Promise<ExampleScore[]> {
  const count = isStochastic(options) ? options.run.plan.rolloutsPerCandidate : 1;
  const scores: ExampleScore[] = [];
  for (let index = 0; index < count; index++) scores.push(await rollOut(options, options.outputs, index));
  return scores;
}

/** The same for the candidates of one input, by place; those whose order is least sure get more of the rollouts. */
export function adaptiveRollouts(
  options: RolloutOptions,
  candidates: readonly JsonObject[],
): Promise<ExampleScore[][]> {
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
  score: ExampleScore;
  /** What the changed components did, by name. */
  outcomes: Record<string, ComponentOutcome>;
}

/**
 * Scores a configuration on one example as far as it can differ from the trace: the `changed` components and their graph descendants
 * run, the outcomes of all others come from the trace. For changes of several components, which no output of one can stand for.
 */
export async function changedRollouts(
  options: Omit<RolloutOptions, 'component'> & { changed: readonly string[] },
): Promise<ChangedRollout[]> {
  const { run, changed, trace } = options;
  const count = rerunsDiffer(run, changed) ? run.plan.rolloutsPerCandidate : 1;
  const given = heldOutcomes(run.resolved.system.wiring, trace, changed);
  const rollouts: ChangedRollout[] = [];
  for (let index = 0; index < count; index++) {
    const { score, rolled } = await rollOutGiven(options, given, index);
    const outcomes = changed.flatMap((name) => {
      const outcome = rolled.components[name]?.outcome;
      return outcome === undefined ? [] : [[name, outcome] as const];
    });
    rollouts.push({ score, outcomes: Object.fromEntries(outcomes) });
  }
  return rollouts;
}

function isStochastic({ run, component }: RolloutOptions): boolean {
  return rerunsDiffer(run, [component.name]);
}

/** Whether the metric, or a descendant of one of these components, is stochastic. */
function rerunsDiffer({ resolved: { system } }: OpenRun, components: readonly string[]): boolean {
  const { descendants } = system.wiring;
  return (
    !system.metricDeterministic ||
    system.components.some(
      (item) => !item.deterministic && components.some((name) => descendants[name]?.has(item.name)),
    )
  );
}

async function rollOut(options: RolloutOptions, outputs: JsonObject, index: number): Promise<ExampleScore> {
  const { run, component, trace } = options;
  const given = {
    ...heldOutcomes(run.resolved.system.wiring, trace, [component.name]),
    [component.name]: { status: 'ok', outputs } as const,
  };
  return (await rollOutGiven(options, given, index)).score;
}

async function rollOutGiven(
  options: Omit<RolloutOptions, 'component' | 'trace'>,
  given: Record<string, ComponentOutcome>,
  index: number,
): Promise<{ score: ExampleScore; rolled: ExampleTrace }> {
  const { run, example, configuration, signal } = options;
  const { system } = run.resolved;
  const caller = run.caller(options.limits);
  const draw = { ...options.draw, index };
  const rolled = await runExample({ system, configuration, example, draw, caller, signal, given });
  return { score: await scoreTrace(rolled, { system, example, draw, caller, signal }), rolled };
}
