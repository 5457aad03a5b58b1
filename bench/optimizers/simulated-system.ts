import { configurationHash, type ComponentConfiguration, type Configuration } from '../../core/system/configuration';
import { drawSeed, type Draw } from '../../core/system/draw';
import { noCost } from '../../core/system/interpreter';
import type { Component } from '../../core/system/component';
import type { Json, JsonObject } from '../../core/system/json';
import type { Example, MetricResult } from '../../core/system/run-context';
import type { System } from '../../core/system/system';
import type { ComponentOutcome, ComponentTrace, ExampleScore, ExampleTrace } from '../../core/system/trace';
import type { Source } from '../../core/system/wiring';

/** What a component call is made for: the table of where the cost goes has one row for each. */
export type CallPurpose =
  'baseline' | 'preference traces' | 'preference data' | 'traces' | 'ranking' | 'shortlist' | 'validation';

export interface SimulatedRun {
  trace: ExampleTrace;
  score: ExampleScore;
}

/**
 * Runs a synthetic system as `runExample` and `scoreTrace` do, with the same draws and the product's memo (one entry per
 * component, settings, inputs and draw), but synchronously and without schema checks: thousands of whole optimizations are
 * simulated. Counts every component call that is made by what it is for; what the memo answers is free, as in a run.
 * Only for components and metrics that are synchronous, never fail and call no model.
 */
export class SimulatedSystem {
  readonly calls = new Map<CallPurpose, number>();
  /** Calls that would be made if no two settings of a component ever gave the same output. */
  madeIfDistinct = 0;
  private readonly memo = new Map<string, JsonObject>();
  private readonly distinct = new Set<string>();
  private readonly seeds = new Map<string, number>();
  private readonly hashes = new WeakMap<ComponentConfiguration, string>();
  /** Short names of inputs: memo keys with whole inputs would be hashed anew for every call. */
  private readonly inputNames = new Map<string, number>();
  private readonly knownInputs = new WeakMap<JsonObject, number>();
  private readonly components: ReadonlyMap<string, Component>;
  private readonly signal = new AbortController().signal;

  constructor(readonly system: System) {
    this.components = new Map(system.components.map((item) => [item.name, item]));
  }

  /** Component calls made so far. */
  get made(): number {
    return [...this.calls.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Those for anything but preference data. */
  get madeWithoutPreference(): number {
    return this.made - (this.calls.get('preference data') ?? 0) - (this.calls.get('preference traces') ?? 0);
  }

  /**
   * @param given outcomes to hold fixed, by component.
   * @param judged hash of the settings whose outputs are rolled out, where some are.
   */
  run(
    configuration: Configuration,
    example: Example,
    draw: Draw,
    purpose: CallPurpose,
    given: Readonly<Record<string, ComponentOutcome>> = {},
    judged = '',
  ): SimulatedRun {
    const { system } = this;
    const components: Record<string, ComponentTrace> = {};
    for (const name of system.wiring.order) {
      const fixed = given[name];
      if (fixed !== undefined) {
        components[name] = traceOf(name, fixed, { given: true });
        continue;
      }
      const component = this.components.get(name) as Component;
      const inputs = gather(system.wiring.sources[name] ?? {}, example, components);
      if (component.when !== undefined && !component.when(inputs as never)) {
        components[name] = traceOf(name, { status: 'skipped' });
        continue;
      }
      const outputs = this.call(component, inputs, configuration[name] ?? {}, draw, purpose, judged);
      components[name] = traceOf(name, { status: 'ok', outputs }, { inputs });
    }
    const value = gather(system.wiring.outputs, example, components);
    const verdict = system.metric(example as never, value as never, { models: noModels, signal: this.signal });
    const result = (typeof verdict === 'number' ? { score: verdict } : verdict) as MetricResult;
    return {
      trace: { exampleId: example.id, components, output: { status: 'ok', value } },
      score: { exampleId: example.id, ...result },
    };
  }

  /** One component's outputs. */
  call(
    component: Component,
    inputs: JsonObject,
    settings: ComponentConfiguration,
    draw: Draw,
    purpose: CallPurpose,
    judged = '',
  ): JsonObject {
    const drawKey = `${draw.purpose}/${draw.iteration}/${draw.exampleId}/${draw.index}/${draw.temperature ?? ''}`;
    const key = `${component.name}/${this.hashOf(settings)}/${drawKey}/${this.nameOf(inputs)}`;
    if (!this.distinct.has(key + judged)) {
      this.distinct.add(key + judged);
      this.madeIfDistinct++;
    }
    const known = this.memo.get(key);
    if (known !== undefined) return known;
    const seed = this.seeds.get(drawKey) ?? drawSeed(draw);
    this.seeds.set(drawKey, seed);
    const outputs = component.run(
      inputs as never,
      {
        configuration: settings,
        models: noModels,
        sample: {
          index: draw.index,
          seed,
          ...(draw.temperature === undefined ? {} : { temperature: draw.temperature }),
        },
        signal: this.signal,
      } as never,
    ) as JsonObject;
    this.memo.set(key, outputs);
    this.calls.set(purpose, (this.calls.get(purpose) ?? 0) + 1);
    return outputs;
  }

  private nameOf(inputs: JsonObject): number {
    let name = this.knownInputs.get(inputs);
    if (name === undefined) {
      const json = JSON.stringify(inputs);
      name = this.inputNames.get(json) ?? this.inputNames.size;
      this.inputNames.set(json, name);
      this.knownInputs.set(inputs, name);
    }
    return name;
  }

  private hashOf(settings: ComponentConfiguration): string {
    let hash = this.hashes.get(settings);
    if (hash === undefined) this.hashes.set(settings, (hash = configurationHash(settings)));
    return hash;
  }
}

const noModels = {
  chat: () => Promise.reject(new Error('a synthetic component called a model')),
  embed: () => Promise.reject(new Error('a synthetic component called an encoder')),
};

function traceOf(
  component: string,
  outcome: ComponentOutcome,
  rest: Partial<Pick<ComponentTrace, 'inputs' | 'given'>> = {},
): ComponentTrace {
  return { component, outcome, configurationHash: '', seed: 0, usage: noCost, memoHit: false, given: false, ...rest };
}

function gather(
  fields: Readonly<Record<string, readonly Source[]>>,
  example: Example,
  components: Readonly<Record<string, ComponentTrace>>,
): JsonObject {
  const values: Record<string, Json> = {};
  for (const [field, sources] of Object.entries(fields)) {
    for (const source of sources) {
      const outcome = components[source.component]?.outcome;
      const from = source.component === 'input' ? example : outcome?.status === 'ok' ? outcome.outputs : {};
      const value = from[source.field];
      if (value !== undefined) values[field] = value;
    }
  }
  return values;
}
