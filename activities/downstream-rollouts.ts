import { adaptiveRollouts as adaptively } from '../core/preference/adaptive-rollouts';
import type { Budget } from '../core/run/budget';
import type { Component } from '../core/system/component';
import type { Configuration } from '../core/system/configuration';
import type { Draw } from '../core/system/draw';
import { runExample, scoreTrace } from '../core/system/interpreter';
import type { JsonObject } from '../core/system/json';
import type { Example } from '../core/system/run-context';
import type { ComponentOutcome, ExampleScore, ExampleTrace } from '../core/system/trace';
import type { OpenRun } from './open-run';

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
  return adaptively(candidates.length, usual, (candidate, index) =>
    rollOut(options, candidates[candidate] as JsonObject, index),
  );
}

function isStochastic({ run, component }: RolloutOptions): boolean {
  const { system } = run.resolved;
  const descendants = system.wiring.descendants[component.name];
  return (
    !system.metricDeterministic || system.components.some((item) => descendants?.has(item.name) && !item.deterministic)
  );
}

async function rollOut(options: RolloutOptions, outputs: JsonObject, index: number): Promise<ExampleScore> {
  const { run, component, example, trace, configuration, signal } = options;
  const { system } = run.resolved;
  const descendants = system.wiring.descendants[component.name] ?? new Set<string>();
  const given: Record<string, ComponentOutcome> = { [component.name]: { status: 'ok', outputs } };
  for (const [name, item] of Object.entries(trace.components)) {
    if (name !== component.name && !descendants.has(name)) given[name] = item.outcome;
  }
  const caller = run.caller(options.limits);
  const draw = { ...options.draw, index };
  const rolled = await runExample({ system, configuration, example, draw, caller, signal, given });
  return scoreTrace(rolled, { system, example, draw, caller, signal });
}
