import type { z } from 'zod';
import type { Component } from './component';
import { DefinitionError } from './definition-error';

/** Where a field's value comes from: the system's input, or a component's output. */
export interface Source {
  /** `input` for the system's input. */
  component: string;
  field: string;
}

/** The graph of a system, computed once from its definition. */
export interface Wiring {
  /** Component names in a topological order that depends on the definition alone. */
  readonly order: readonly string[];
  /** component -> input field -> the sources that may supply it; several only where their producers are conditional. */
  readonly sources: Readonly<Record<string, Readonly<Record<string, readonly Source[]>>>>;
  /** System output field -> its sources. */
  readonly outputs: Readonly<Record<string, readonly Source[]>>;
  /** component -> all its graph descendants. */
  readonly descendants: Readonly<Record<string, ReadonlySet<string>>>;
}

/**
 * Wires components by field name, or by explicit `from`.
 *
 * A field may have several producers only when all of them are conditional; exactly one must then be live for an input.
 *
 * @throws DefinitionError naming the component and the field.
 */
export function wire(system: {
  name: string;
  input: z.ZodObject;
  output: z.ZodObject;
  from: Record<string, string>;
  components: readonly Component[];
}): Wiring {
  const byName = new Map(system.components.map((item) => [item.name, item]));
  const sources: Record<string, Record<string, Source[]>> = {};
  for (const consumer of system.components) {
    const fields: Record<string, Source[]> = {};
    for (const [field, schema] of Object.entries(consumer.input.shape)) {
      const found = findSources(system, byName, `component '${consumer.name}'`, field, consumer.from, consumer.name);
      checkSources(system, byName, `component '${consumer.name}'`, field, found, isOptional(schema as z.ZodType));
      fields[field] = found;
    }
    sources[consumer.name] = fields;
  }
  const order = topologicalOrder(system.name, system.components, sources);
  const outputs: Record<string, Source[]> = {};
  for (const [field, schema] of Object.entries(system.output.shape)) {
    const found = findSources(system, byName, `system '${system.name}' output`, field, system.from, undefined);
    checkSources(system, byName, `system '${system.name}' output`, field, found, isOptional(schema as z.ZodType));
    outputs[field] = found;
  }
  return { order, sources, outputs, descendants: descendantsOf(order, sources) };
}

function findSources(
  system: { name: string; input: z.ZodObject; components: readonly Component[] },
  byName: Map<string, Component>,
  consumer: string,
  field: string,
  from: Readonly<Record<string, string>>,
  self: string | undefined,
): Source[] {
  const explicit = Object.hasOwn(from, field) ? from[field] : undefined;
  if (explicit !== undefined) {
    const [component, producerField, ...rest] = explicit.split('.');
    if (component === undefined || producerField === undefined || rest.length > 0) {
      throw new DefinitionError(
        `${consumer}: from.${field} is '${explicit}'; write 'component.field' or 'input.field'`,
      );
    }
    const shape = component === 'input' ? system.input.shape : byName.get(component)?.output.shape;
    if (shape === undefined) {
      throw new DefinitionError(
        `${consumer}: from.${field} names '${component}', which is not a component of the system`,
      );
    }
    if (!Object.hasOwn(shape, producerField)) {
      throw new DefinitionError(
        `${consumer}: from.${field} names '${explicit}', but '${component}' has only ${Object.keys(shape).join(', ')}`,
      );
    }
    return [{ component, field: producerField }];
  }
  const producers = system.components
    .filter((item) => item.name !== self && Object.hasOwn(item.output.shape, field))
    .map((item) => ({ component: item.name, field }));
  if (Object.hasOwn(system.input.shape, field)) {
    if (producers.length === 0) return [{ component: 'input', field }];
    throw new DefinitionError(
      `${consumer}: field '${field}' is ambiguous: the system's input and ${list(producers)} have it; say which with from: {${field}: 'input.${field}'}`,
    );
  }
  return producers;
}

function checkSources(
  system: { name: string; input: z.ZodObject },
  byName: Map<string, Component>,
  consumer: string,
  field: string,
  found: Source[],
  optional: boolean,
): void {
  if (found.length === 0) {
    if (optional) return;
    throw new DefinitionError(
      `${consumer}: nothing supplies field '${field}'; add a component that outputs it, add it to the system's input, or wire it with from`,
    );
  }
  const conditional = found.filter((source) => byName.get(source.component)?.when !== undefined);
  if (found.length > 1 && conditional.length < found.length) {
    throw new DefinitionError(
      `${consumer}: field '${field}' is ambiguous: ${list(found)} supply it; say which with from: {${field}: '${found[0]?.component}.${field}'}`,
    );
  }
  const only = found[0];
  if (found.length === 1 && only !== undefined && !optional) {
    if (conditional.length === 1) {
      throw new DefinitionError(
        `${consumer}: field '${field}' comes from '${only.component}', which may be skipped (when); declare the field optional`,
      );
    }
    const shape = only.component === 'input' ? system.input.shape : byName.get(only.component)?.output.shape;
    if (isOptional(shape?.[only.field] as z.ZodType)) {
      throw new DefinitionError(
        `${consumer}: field '${field}' is required, but '${only.component}' declares it optional; declare both alike`,
      );
    }
  }
}

function topologicalOrder(
  systemName: string,
  components: readonly Component[],
  sources: Record<string, Record<string, Source[]>>,
): string[] {
  const order: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (name: string, path: string[]): void => {
    if (state.get(name) === 'done') return;
    if (state.get(name) === 'open') {
      // Each was reached from a consumer of its outputs, so that data flow against the path.
      const cycle = [...path.slice(path.indexOf(name)), name].reverse();
      const wires = cycle.slice(1).map((consumer, at) => wireText(consumer, cycle[at] as string, sources));
      throw new DefinitionError(
        `system '${systemName}': the wires form a cycle: ${wires.join(', ')}; wire one of these fields elsewhere with from`,
      );
    }
    state.set(name, 'open');
    for (const parent of parentsOf(sources, name)) visit(parent, [...path, name]);
    state.set(name, 'done');
    order.push(name);
  };
  for (const item of components) visit(item.name, []);
  return order;
}

function wireText(
  consumer: string,
  producer: string,
  sources: Record<string, Record<string, readonly Source[]>>,
): string {
  const fields = Object.entries(sources[consumer] ?? {});
  const field = fields.find(([, found]) => found.some(({ component }) => component === producer))?.[0];
  return `field '${field}' of component '${consumer}' comes from '${producer}'`;
}

function parentsOf(sources: Record<string, Record<string, Source[]>>, name: string): string[] {
  const parents = Object.values(sources[name] ?? {}).flatMap((found) => found.map((source) => source.component));
  return [...new Set(parents)].filter((parent) => parent !== 'input');
}

function descendantsOf(
  order: readonly string[],
  sources: Record<string, Record<string, Source[]>>,
): Record<string, ReadonlySet<string>> {
  const descendants: Record<string, Set<string>> = Object.fromEntries(order.map((name) => [name, new Set<string>()]));
  for (const name of [...order].reverse()) {
    for (const parent of parentsOf(sources, name)) {
      descendants[parent]?.add(name);
      for (const further of descendants[name] ?? []) descendants[parent]?.add(further);
    }
  }
  return descendants;
}

function isOptional(schema: z.ZodType | undefined): boolean {
  return schema !== undefined && schema.safeParse(undefined).success;
}

function list(sources: Source[]): string {
  return sources.map((source) => `'${source.component}'`).join(' and ');
}
