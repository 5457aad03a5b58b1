import type { Component } from './component';
import type { ComponentCaller } from './component-caller';
import { configurationHash, type Configuration } from './configuration';
import { drawSeed, type Draw } from './draw';
import type { Json, JsonObject } from './json';
import type { Cost, Example } from './run-context';
import type { System } from './system';
import type { ComponentOutcome, ComponentTrace, ExampleTrace, ScoredTrace } from './trace';
import type { Source } from './wiring';

export interface RunExampleOptions {
  system: System;
  configuration: Configuration;
  example: Example;
  draw: Draw;
  caller: ComponentCaller;
  signal: AbortSignal;
  /** Outcomes to hold fixed, by component: these components are not called (partial re-execution). */
  given?: Readonly<Record<string, ComponentOutcome>>;
  /** Stop once these components have outcomes; their non-ancestors are not called. Default: the whole system. */
  until?: readonly string[];
}

export const noCost: Cost = Object.freeze({ calls: 0, promptTokens: 0, completionTokens: 0, usd: 0, latencyMs: 0 });

/**
 * Runs one example through a system: every component starts as soon as its parents are done, so independent ones run in
 * parallel. A component that fails makes its descendants, and the example, fail with its reason.
 *
 * @throws InfrastructureError when a call cannot be made now; nothing is scored then.
 */
export async function runExample(options: RunExampleOptions): Promise<ExampleTrace> {
  const { system, example } = options;
  const systemInput = pickInput(system, example);
  const pending = new Map<string, Promise<ComponentTrace>>();
  const components = new Map(system.components.map((item) => [item.name, item]));
  const start = (name: string): Promise<ComponentTrace> => {
    const running = pending.get(name);
    if (running !== undefined) return running;
    const created = runComponent(components.get(name) as Component, systemInput, start, options);
    pending.set(name, created);
    return created;
  };
  const traces = await allSettledOrThrow((options.until ?? system.wiring.order).map(start));
  const byName = new Map<string, ComponentTrace>(traces.map((trace) => [trace.component, trace]));
  for (const [name, trace] of pending) byName.set(name, await trace);
  const ordered = system.wiring.order.flatMap((name) => byName.get(name) ?? []);
  return {
    exampleId: example.id,
    components: Object.fromEntries(ordered.map((trace) => [trace.component, trace])),
    output: options.until === undefined ? assembleOutput(system, systemInput, byName) : unfinished,
  };
}

const unfinished: ExampleTrace['output'] = {
  status: 'failed',
  component: '',
  reason: 'stopped before the end, as asked',
};

/** Scores a trace. A failed example scores the metric's floor with its reason, as does a metric that fails. */
export async function scoreTrace(
  trace: ExampleTrace,
  options: Pick<RunExampleOptions, 'system' | 'example' | 'draw' | 'caller' | 'signal'>,
): Promise<ScoredTrace> {
  const { system, example } = options;
  const floor = (reason: string, usage: Cost): ScoredTrace => ({
    exampleId: example.id,
    score: system.metricFloor,
    failure: reason,
    feedback: reason,
    usage,
  });
  if (trace.output.status === 'failed') {
    return floor(`component '${trace.output.component}': ${trace.output.reason}`, noCost);
  }
  const verdict = await options.caller.callMetric({ ...options, output: trace.output.value });
  return verdict.status === 'failed'
    ? floor(verdict.reason, verdict.usage)
    : { exampleId: example.id, ...verdict.result, usage: verdict.usage };
}

/** The system's input fields of an example; the metric's own fields (the answer) never reach a component. */
export function pickInput(system: System, example: Example): JsonObject {
  const parsed = system.input.safeParse(example);
  if (!parsed.success) {
    throw new TypeError(
      `example '${example.id}' does not fit the input of system '${system.name}': ${issueText(parsed.error)}`,
    );
  }
  return parsed.data as JsonObject;
}

async function runComponent(
  component: Component,
  systemInput: JsonObject,
  start: (name: string) => Promise<ComponentTrace>,
  options: RunExampleOptions,
): Promise<ComponentTrace> {
  const settings = options.configuration[component.name] ?? {};
  const trace = (
    outcome: ComponentOutcome,
    rest: Partial<Pick<ComponentTrace, 'inputs' | 'usage' | 'memoHit' | 'given'>> = {},
  ): ComponentTrace => ({
    component: component.name,
    outcome,
    configurationHash: configurationHash(settings),
    seed: drawSeed(options.draw),
    usage: noCost,
    memoHit: false,
    given: false,
    ...rest,
  });
  const given = options.given?.[component.name];
  if (given !== undefined) return trace(given, { given: true });

  const fields = options.system.wiring.sources[component.name] ?? {};
  const parents = [...new Set(Object.values(fields).flatMap((found) => found.map((source) => source.component)))];
  const outcomes = await allSettledOrThrow(
    parents.filter((name) => name !== 'input').map(async (name) => [name, (await start(name)).outcome] as const),
  );
  const gathered = gather(fields, systemInput, new Map(outcomes));
  if ('reason' in gathered) return trace({ status: 'failed', reason: gathered.reason });

  const parsed = component.input.safeParse(gathered.values);
  if (!parsed.success) return trace({ status: 'failed', reason: `its inputs do not fit: ${issueText(parsed.error)}` });
  const inputs = parsed.data as JsonObject;
  if (component.when !== undefined) {
    try {
      // A copy: these inputs are what `run` and the memo's key are made from.
      if (!component.when(structuredClone(inputs) as never)) return trace({ status: 'skipped' });
    } catch (error) {
      return trace({ status: 'failed', reason: `when() threw: ${messageOf(error)}` }, { inputs });
    }
  }
  options.signal.throwIfAborted();
  const result = await options.caller.callComponent({
    component,
    inputs,
    configuration: settings,
    draw: options.draw,
    signal: options.signal,
  });
  return trace(result.outcome, { inputs, usage: result.usage, memoHit: result.memoHit });
}

/** The values of wired fields; a failed source or two live producers are failures of the system under test. */
function gather(
  fields: Readonly<Record<string, readonly Source[]>>,
  systemInput: JsonObject,
  outcomes: ReadonlyMap<string, ComponentOutcome>,
): { values: JsonObject } | { reason: string; component: string } {
  const values: JsonObject = {};
  for (const [field, sources] of Object.entries(fields)) {
    const live: { component: string; value: Json }[] = [];
    for (const source of sources) {
      if (source.component === 'input') {
        const value = systemInput[source.field];
        if (value !== undefined) live.push({ component: 'input', value });
        continue;
      }
      const outcome = outcomes.get(source.component);
      if (outcome?.status === 'failed') {
        return { reason: upstreamReason(source.component, outcome.reason), component: source.component };
      }
      const value = outcome?.status === 'ok' ? outcome.outputs[source.field] : undefined;
      if (value !== undefined) live.push({ component: source.component, value });
    }
    if (live.length > 1) {
      const names = live.map((item) => `'${item.component}'`).join(' and ');
      return { reason: `field '${field}' has several live producers: ${names}`, component: live[0]?.component ?? '' };
    }
    const only = live[0];
    if (only !== undefined) values[field] = only.value;
  }
  return { values };
}

const upstream = /^upstream '([^']+)' failed: /;
function upstreamReason(component: string, reason: string): string {
  return upstream.test(reason) ? reason : `upstream '${component}' failed: ${reason}`;
}

function assembleOutput(
  system: System,
  systemInput: JsonObject,
  traces: ReadonlyMap<string, ComponentTrace>,
): ExampleTrace['output'] {
  const outcomes = new Map([...traces].map(([name, trace]) => [name, trace.outcome]));
  const gathered = gather(system.wiring.outputs, systemInput, outcomes);
  if ('reason' in gathered) {
    const root = upstream.exec(gathered.reason);
    if (root !== null) {
      return { status: 'failed', component: root[1] as string, reason: gathered.reason.slice(root[0].length) };
    }
    return { status: 'failed', component: gathered.component, reason: gathered.reason };
  }
  const parsed = system.output.safeParse(gathered.values);
  if (!parsed.success) {
    return {
      status: 'failed',
      component: 'output',
      reason: `the system's output does not fit: ${issueText(parsed.error)}`,
    };
  }
  return { status: 'ok', value: parsed.data as JsonObject };
}

/** Waits for all, so that nothing runs on in the background, then throws the first error by position. */
async function allSettledOrThrow<T>(promises: Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((item) => {
    if (item.status === 'rejected') throw item.reason;
    return item.value;
  });
}

/** A zod error as one line: `field: what is wrong`. */
export function issueText(error: { issues: readonly { path: PropertyKey[]; message: string }[] }): string {
  return error.issues
    .slice(0, 5)
    .map((issue) => (issue.path.length > 0 ? `${issue.path.map(String).join('.')}: ${issue.message}` : issue.message))
    .join('; ');
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
