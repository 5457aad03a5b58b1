import { nextRollout } from '../core/preference/next-rollout';
import type { Budget } from '../core/run/budget';
import type { Component } from '../core/system/component';
import type { Configuration } from '../core/system/configuration';
import type { Draw } from '../core/system/draw';
import { examplePrice, usagesOf, type ExamplePrice } from '../core/system/example-price';
import { runExample, scoreTrace } from '../core/system/interpreter';
import type { JsonObject } from '../core/system/json';
import type { Cost, Example } from '../core/system/run-context';
import type { ComponentOutcome, ExampleScore, ExampleTrace } from '../core/system/trace';
import type { OpenRun } from './open-run';

/** A candidate that stays unsure gets at most this many times the usual rollouts. */
const mostShare = 3;

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
 * Scores one output of a component: `E_down[R | output]` by Monte Carlo. Only graph descendants run; the outcomes of all
 * other components come from the trace. One rollout where every descendant and the metric are deterministic.
 *
 * @param options.usage what the call that gave the output cost; default: what the call in the trace did.
 */
export async function downstreamRollouts(
  options: RolloutOptions & { outputs: JsonObject; usage?: Cost },
): Promise<PricedScore[]> {
  const count = isStochastic(options) ? options.run.plan.rolloutsPerCandidate : 1;
  const scores: PricedScore[] = [];
  for (let index = 0; index < count; index++)
    scores.push(await rollOut(options, options.outputs, index, options.usage));
  return scores;
}

/**
 * The same for the candidates of one input, by place: half of the rollouts go to all alike, the other half to those whose
 * order is least sure (adaptive Monte Carlo). What was scored decides what is scored next, so that a second attempt repeats it.
 */
export async function adaptiveRollouts(
  options: RolloutOptions,
  candidates: readonly JsonObject[],
): Promise<PricedScore[][]> {
  const usual = isStochastic(options) ? options.run.plan.rolloutsPerCandidate : 1;
  const first = Math.ceil(usual / 2);
  const scores = await Promise.all(
    candidates.map(async (outputs) => {
      const own: PricedScore[] = [];
      for (let index = 0; index < first; index++) own.push(await rollOut(options, outputs, index));
      return own;
    }),
  );
  for (let left = (usual - first) * candidates.length; left > 0; left--) {
    const next = nextRollout(
      scores.map((own) => own.map(({ score }) => score)),
      mostShare * usual,
    );
    if (next === undefined) break;
    const own = scores[next] as PricedScore[];
    own.push(await rollOut(options, candidates[next] as JsonObject, own.length));
  }
  return scores;
}

function isStochastic({ run, component }: RolloutOptions): boolean {
  const { system } = run.resolved;
  const descendants = system.wiring.descendants[component.name];
  return (
    !system.metricDeterministic || system.components.some((item) => descendants?.has(item.name) && !item.deterministic)
  );
}

async function rollOut(
  options: RolloutOptions,
  outputs: JsonObject,
  index: number,
  usage?: Cost,
): Promise<PricedScore> {
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
  const { usage: _, ...score } = await scoreTrace(rolled, { system, example, draw, caller, signal });
  // What was held fixed cost what it did in the trace.
  const usages = { ...usagesOf(rolled), ...fixedUsages(trace, given), ...(usage && { [component.name]: usage }) };
  return { ...score, price: examplePrice(usages, system.wiring) };
}

function fixedUsages(trace: ExampleTrace, given: Readonly<Record<string, unknown>>): Record<string, Cost> {
  return Object.fromEntries(Object.entries(usagesOf(trace)).filter(([name]) => name in given));
}
