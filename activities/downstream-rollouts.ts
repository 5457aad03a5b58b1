import type { Budget } from '../core/run/budget';
import type { Component } from '../core/system/component';
import type { Configuration } from '../core/system/configuration';
import type { Draw } from '../core/system/draw';
import { runExample, scoreTrace } from '../core/system/interpreter';
import type { JsonObject } from '../core/system/json';
import type { Example } from '../core/system/run-context';
import type { ComponentOutcome, ExampleScore, ExampleTrace } from '../core/system/trace';
import type { OpenRun } from './open-run';

/**
 * Scores one output of a component: `E_down[R | output]` by Monte Carlo. Only graph descendants run; the outcomes of all
 * other components come from the trace. One rollout where every descendant and the metric are deterministic.
 */
export async function downstreamRollouts(options: {
  run: OpenRun;
  limits: Budget;
  configuration: Configuration;
  component: Component;
  example: Example;
  trace: ExampleTrace;
  outputs: JsonObject;
  draw: Draw;
  signal: AbortSignal;
}): Promise<ExampleScore[]> {
  const { run, component, example, trace, configuration, signal } = options;
  const { system } = run.resolved;
  const descendants = system.wiring.descendants[component.name] ?? new Set<string>();
  const stochastic =
    !system.metricDeterministic || system.components.some((item) => descendants.has(item.name) && !item.deterministic);
  const given: Record<string, ComponentOutcome> = { [component.name]: { status: 'ok', outputs: options.outputs } };
  for (const [name, item] of Object.entries(trace.components)) {
    if (name !== component.name && !descendants.has(name)) given[name] = item.outcome;
  }
  const caller = run.caller(options.limits);
  const scores: ExampleScore[] = [];
  for (let index = 0; index < (stochastic ? run.plan.rolloutsPerCandidate : 1); index++) {
    const draw = { ...options.draw, index };
    const rolled = await runExample({ system, configuration, example, draw, caller, signal, given });
    scores.push(await scoreTrace(rolled, { system, example, draw, caller, signal }));
  }
  return scores;
}
