import type { z } from 'zod';
import { isZodObject, type Component } from './component';
import { DefinitionError } from './definition-error';
import { definitionSite } from './definition-site';
import type { Example, MetricResult, ModelClients } from './run-context';
import { wire, type Wiring } from './wiring';

export type Split = 'train' | 'validation' | 'test';
export const splits: readonly Split[] = ['train', 'validation', 'test'];

/** The three splits, or a function that loads them (once per worker process). */
export type Dataset<E> = { readonly [S in Split]: readonly E[] };

/** What a metric gets beside the example and the output. */
export interface MetricContext {
  models: ModelClients;
  signal: AbortSignal;
}

export interface SystemOptions<I extends z.ZodObject, O extends z.ZodObject, E extends Example> {
  name: string;
  description?: string;
  input: I;
  output: O;
  /** Explicit wires of the system's output: output field -> `component.field`. */
  from?: { [K in keyof z.input<O>]?: string };
  components: readonly Component[];
  /** Scores one output against its example, in [0, 1]; may be async and call models. */
  metric: (
    example: E,
    output: z.output<O>,
    context: MetricContext,
  ) => number | MetricResult | Promise<number | MetricResult>;
  /** True when the metric is a function of example and output alone (the default). False: it is measured afresh per draw. */
  metricDeterministic?: boolean;
  /** What a failed example scores. Default 0. */
  metricFloor?: number;
  /** The output a component should ideally give for an example, where the data has it: a candidate for preference pairs. */
  groundTruth?: (example: E) => { [component: string]: Record<string, unknown> };
  dataset: Dataset<E> | (() => Dataset<E> | Promise<Dataset<E>>);
}

/** A compound system, checked and wired. */
export interface System {
  readonly kind: 'optimas.system';
  readonly name: string;
  readonly description: string;
  readonly input: z.ZodObject;
  readonly output: z.ZodObject;
  readonly components: readonly Component[];
  readonly wiring: Wiring;
  readonly metric: (
    example: never,
    output: never,
    context: MetricContext,
  ) => number | MetricResult | Promise<number | MetricResult>;
  readonly metricDeterministic: boolean;
  readonly metricFloor: number;
  readonly groundTruth: ((example: never) => { [component: string]: Record<string, unknown> }) | undefined;
  readonly dataset: Dataset<Example> | (() => Dataset<Example> | Promise<Dataset<Example>>);
  readonly definedIn: string | undefined;
}

/**
 * Declares a compound system: components wired into a directed acyclic graph, a metric, and the data to tune it on.
 *
 * @throws DefinitionError for a missing, ambiguous or cyclic wire, a duplicate component name, or a bad metric floor.
 */
export function system<I extends z.ZodObject, O extends z.ZodObject, E extends Example>(
  options: SystemOptions<I, O, E>,
): System {
  const { name } = options;
  if (typeof name !== 'string' || !/^[A-Za-z][A-Za-z0-9_-]*$/.test(name)) {
    throw new DefinitionError(
      `system '${name}': a name starts with a letter and has only letters, digits, '_' and '-'`,
    );
  }
  for (const part of ['input', 'output'] as const) {
    if (!isZodObject(options[part])) {
      throw new DefinitionError(`system '${name}': ${part} must be a zod object, z.object({...})`);
    }
  }
  if (!Array.isArray(options.components)) {
    throw new DefinitionError(`system '${name}': components must be a list of component({...})`);
  }
  if (options.components.length === 0) throw new DefinitionError(`system '${name}': it has no components`);
  const seen = new Set<string>();
  for (const item of options.components) {
    if (item?.kind !== 'optimas.component') {
      throw new DefinitionError(`system '${name}': every component must come from component({...})`);
    }
    if (seen.has(item.name)) {
      throw new DefinitionError(`system '${name}': two components are named '${item.name}'; rename one`);
    }
    seen.add(item.name);
  }
  if (typeof options.metric !== 'function') {
    throw new DefinitionError(`system '${name}': metric must be a function (example, output) => score in [0, 1]`);
  }
  const strayWire = Object.keys(options.from ?? {}).find((field) => !Object.hasOwn(options.output.shape, field));
  if (strayWire !== undefined) {
    throw new DefinitionError(`system '${name}': from.${strayWire} wires a field that output does not declare`);
  }
  const floor = options.metricFloor ?? 0;
  if (!(floor >= 0 && floor <= 1)) {
    throw new DefinitionError(`system '${name}': metricFloor must be in [0, 1], not ${floor}`);
  }
  return Object.freeze({
    kind: 'optimas.system',
    name,
    description: options.description ?? '',
    input: options.input,
    output: options.output,
    components: options.components,
    wiring: wire({ ...options, from: (options.from ?? {}) as Record<string, string> }),
    metric: options.metric as unknown as System['metric'],
    metricDeterministic: options.metricDeterministic ?? true,
    metricFloor: floor,
    groundTruth: options.groundTruth as unknown as System['groundTruth'],
    dataset: options.dataset as unknown as System['dataset'],
    definedIn: definitionSite(),
  });
}
