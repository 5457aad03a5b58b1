import type { z } from 'zod';
import { DefinitionError } from './definition-error';
import { definitionSite } from './definition-site';
import { checkConditions } from './active-variables';
import { canonicalJson } from './canonical-json';
import type { Json } from './json';
import type { RunContext } from './run-context';
import type { Variables } from './variable';
import { checkVariables } from './variable-faults';

/** What a component's author writes. */
export interface ComponentOptions<I extends z.ZodObject, O extends z.ZodObject, V extends Variables> {
  /** Unique in its system; letters, digits, `_` and `-`. */
  name: string;
  /** The component's task in a sentence. Instruction edits and the proposer model read it. */
  description: string;
  input: I;
  output: O;
  configuration?: V;
  /** True when the output is a function of inputs and configuration alone. Default false. */
  deterministic?: boolean;
  /** Explicit wires: input field -> `component.field` or `input.field`. Unlisted fields are wired by name. */
  from?: { [K in keyof z.input<I>]?: string };
  /** Makes the component conditional: where it answers false, the component is skipped and its outputs are absent. */
  when?: (inputs: z.output<I>) => boolean;
  /** Overrides the version, which is otherwise the hash of the module graph that defines the component. */
  version?: string;
  /**
   * Values from around `run` that decide outputs (what a factory was given, say): part of the version, which cannot see
   * them in the code.
   */
  captures?: Json;
  /** Files whose content is part of the version (an index, say): absolute paths, or relative to the working directory. */
  resources?: string[];
  run: (inputs: z.output<I>, context: RunContext<V>) => Promise<z.input<O>> | z.input<O>;
}

/** A component, checked and without its type parameters: what the rest of the product handles. */
export interface Component {
  readonly kind: 'optimas.component';
  readonly name: string;
  readonly description: string;
  readonly input: z.ZodObject;
  readonly output: z.ZodObject;
  readonly configuration: Variables;
  readonly deterministic: boolean;
  readonly from: Readonly<Record<string, string>>;
  readonly when: ((inputs: never) => boolean) | undefined;
  readonly version: string | undefined;
  readonly captures: Json;
  readonly resources: readonly string[];
  /** The file that called `component()`, from the stack; undefined where the stack does not tell. */
  readonly definedIn: string | undefined;
  readonly run: (inputs: never, context: never) => unknown;
}

const namePattern = /^[A-Za-z][A-Za-z0-9_-]*$/;

/**
 * Declares one component of a compound system.
 *
 * @throws DefinitionError naming the component and the field at fault.
 */
export function component<I extends z.ZodObject, O extends z.ZodObject, V extends Variables = Record<never, never>>(
  options: ComponentOptions<I, O, V>,
): Component {
  const { name } = options;
  if (typeof name !== 'string' || !namePattern.test(name)) {
    throw new DefinitionError(
      `component '${name}': a name starts with a letter and has only letters, digits, '_' and '-'`,
    );
  }
  if (name === 'input') {
    throw new DefinitionError("component 'input': this name stands for the system's input in wires; choose another");
  }
  for (const part of ['input', 'output'] as const) {
    if (!isZodObject(options[part])) {
      throw new DefinitionError(`component '${name}': ${part} must be a zod object, z.object({...})`);
    }
  }
  if (Object.keys(options.output.shape).length === 0) {
    throw new DefinitionError(`component '${name}': output has no fields; declare at least one`);
  }
  if (typeof options.run !== 'function') {
    throw new DefinitionError(`component '${name}': run must be a function (inputs, context) => outputs`);
  }
  for (const field of Object.keys(options.from ?? {})) {
    if (!Object.hasOwn(options.input.shape, field)) {
      throw new DefinitionError(`component '${name}': from.${field} wires a field that input does not declare`);
    }
  }
  checkVariables(name, options.configuration ?? {});
  checkConditions(name, options.configuration ?? {});
  try {
    canonicalJson(options.captures ?? null);
  } catch (cause) {
    throw new DefinitionError(`component '${name}': captures must be JSON: ${(cause as Error).message}`, { cause });
  }
  return Object.freeze({
    kind: 'optimas.component',
    name,
    description: options.description ?? '',
    input: options.input,
    output: options.output,
    configuration: options.configuration ?? {},
    deterministic: options.deterministic ?? false,
    from: (options.from ?? {}) as Record<string, string>,
    when: options.when as Component['when'],
    version: options.version,
    captures: options.captures ?? null,
    resources: options.resources ?? [],
    definedIn: definitionSite(),
    run: options.run as unknown as Component['run'],
  });
}

/** Also one of another copy of zod. */
export function isZodObject(value: unknown): value is z.ZodObject {
  return typeof value === 'object' && value !== null && 'shape' in value && 'safeParse' in value;
}
