import type { When } from './active-variables';
import { DefinitionError } from './definition-error';
import type { Json, JsonObject } from './json';

/** One worked example inside a prompt: the component's inputs and the outputs it should give. */
export interface Demonstration {
  inputs: JsonObject;
  outputs: JsonObject;
}

/** The value of a prompt variable: instructions and demonstrations are tuned together. */
export interface PromptValue {
  instructions: string;
  demonstrations: Demonstration[];
}

/** Tells a prompt's value from other settings of a configuration. */
export function isPromptValue(value: unknown): value is PromptValue & Json {
  return (
    typeof value === 'object' &&
    value !== null &&
    'instructions' in value &&
    typeof value.instructions === 'string' &&
    'demonstrations' in value &&
    Array.isArray(value.demonstrations)
  );
}

export interface PromptVariable {
  type: 'prompt';
  initial: PromptValue;
  /** How many demonstrations a candidate may carry; 0: instructions only. */
  maxDemonstrations: number;
  /** `{placeholder}`s that every proposal must keep. */
  placeholders: string[];
  /** Longest instructions a proposal may have, in characters. */
  maxCharacters: number;
}

export interface OneOfVariable<T extends Json = Json> {
  type: 'oneOf';
  values: readonly T[];
  initial: T;
  /** Absent: it always matters. */
  when?: When;
}

export interface RangeVariable {
  type: 'range' | 'integer';
  low: number;
  high: number;
  scale: 'linear' | 'log';
  initial: number;
  /** Absent: it always matters. */
  when?: When;
}

export interface ModelVariable<N extends string = string> {
  type: 'model';
  /** Names of models in the configuration's `endpoints`. */
  models: readonly N[];
  initial: N;
}

export type Variable = PromptVariable | OneOfVariable | RangeVariable | ModelVariable;
export type Variables = Record<string, Variable>;

/** The value that a variable takes in a configuration. */
export type ValueOf<V extends Variable> = V extends PromptVariable
  ? PromptValue
  : V extends OneOfVariable<infer T>
    ? T
    : V extends RangeVariable
      ? number
      : V extends ModelVariable<infer N>
        ? N
        : never;

/** What an accepted update changed; `instructions` and `demonstrations` are the two parts of a prompt. */
export type SettingKind = 'instructions' | 'demonstrations' | 'hyperparameter' | 'model';

/**
 * A tunable prompt.
 *
 * @throws DefinitionError for empty instructions, more initial demonstrations than `max`, or a missing placeholder.
 */
export function prompt(
  instructions: string,
  options: {
    demonstrations?: { max: number; initial?: Demonstration[] };
    placeholders?: string[];
    maxCharacters?: number;
  } = {},
): PromptVariable {
  if (typeof instructions !== 'string' || instructions.trim() === '') {
    throw new DefinitionError('prompt: the initial instructions are empty; write what the component should do');
  }
  const maxDemonstrations = options.demonstrations?.max ?? 0;
  const demonstrations = options.demonstrations?.initial ?? [];
  if (!Number.isInteger(maxDemonstrations) || maxDemonstrations < 0) {
    throw new DefinitionError(
      `prompt: demonstrations.max must be a whole number of at least 0, not ${maxDemonstrations}`,
    );
  }
  if (demonstrations.length > maxDemonstrations) {
    throw new DefinitionError(
      `prompt: ${demonstrations.length} initial demonstrations, but demonstrations.max is ${maxDemonstrations}; raise it or drop some`,
    );
  }
  const maxCharacters = options.maxCharacters ?? 8_000;
  if (instructions.length > maxCharacters) {
    throw new DefinitionError(
      `prompt: the initial instructions have ${instructions.length} characters, more than maxCharacters (${maxCharacters})`,
    );
  }
  const placeholders = options.placeholders ?? [];
  for (const placeholder of placeholders) {
    if (!instructions.includes(`{${placeholder}}`)) {
      throw new DefinitionError(`prompt: the initial instructions lack the placeholder {${placeholder}}`);
    }
  }
  return { type: 'prompt', initial: { instructions, demonstrations }, maxDemonstrations, placeholders, maxCharacters };
}

/**
 * A categorical setting. `when` says under which values of other variables it matters; where it does not, it is not searched.
 *
 * @throws DefinitionError for no values, equal values, or an initial value that is not among them.
 */
export function oneOf<const T extends Json>(
  values: readonly T[],
  options: { initial?: NoInfer<T>; when?: When } = {},
): OneOfVariable<T> {
  if (values.length === 0) throw new DefinitionError('oneOf: the list of values is empty; give at least one');
  const texts = values.map((value) => JSON.stringify(value));
  if (new Set(texts).size < texts.length) {
    throw new DefinitionError(`oneOf: a value is listed twice in [${texts.join(', ')}]`);
  }
  const initial = options.initial ?? (values[0] as T);
  if (!texts.includes(JSON.stringify(initial))) {
    throw new DefinitionError(`oneOf: the initial value ${JSON.stringify(initial)} is not in [${texts.join(', ')}]`);
  }
  return { type: 'oneOf', values, initial, ...conditional(options.when) };
}

export interface RangeOptions {
  initial?: number;
  scale?: 'linear' | 'log';
  when?: When;
}

/** A continuous setting in [low, high]; `scale: 'log'` searches orders of magnitude; `when` as in `oneOf`. @throws DefinitionError */
export function range(low: number, high: number, options: RangeOptions = {}): RangeVariable {
  const scale = options.scale ?? 'linear';
  const middle = scale === 'log' ? Math.sqrt(low * high) : (low + high) / 2;
  return checkedRange({
    type: 'range',
    low,
    high,
    scale,
    initial: options.initial ?? middle,
    ...conditional(options.when),
  });
}

/** A whole-number setting in low..high, both included; `scale` and `when` as in `range`. @throws DefinitionError */
export function integer(low: number, high: number, options: RangeOptions = {}): RangeVariable {
  const scale = options.scale ?? 'linear';
  const middle = Math.round(scale === 'log' ? Math.sqrt(low * high) : (low + high) / 2);
  const variable = checkedRange({
    type: 'integer',
    low,
    high,
    scale,
    initial: options.initial ?? middle,
    ...conditional(options.when),
  });
  for (const [name, value] of Object.entries({ low, high, initial: variable.initial })) {
    if (!Number.isInteger(value)) throw new DefinitionError(`integer: ${name} must be a whole number, not ${value}`);
  }
  return variable;
}

/**
 * A choice among named models of the configured endpoints.
 *
 * @throws DefinitionError for no models, equal names, or an initial model that is not among them.
 */
export function model<const N extends string>(
  models: readonly N[],
  options: { initial?: NoInfer<N> } = {},
): ModelVariable<N> {
  if (models.length === 0) throw new DefinitionError('model: the list of models is empty; give at least one name');
  if (new Set(models).size < models.length) {
    throw new DefinitionError(`model: a model is listed twice in [${models.join(', ')}]`);
  }
  const initial = options.initial ?? (models[0] as N);
  if (!models.includes(initial)) {
    throw new DefinitionError(`model: the initial model '${initial}' is not in [${models.join(', ')}]`);
  }
  return { type: 'model', models, initial };
}

function conditional(when: When | undefined): { when?: When } {
  return when === undefined ? {} : { when };
}

function checkedRange(variable: RangeVariable): RangeVariable {
  const { type, low, high, scale, initial } = variable;
  const finite = (name: string, value: number): void => {
    if (!Number.isFinite(value)) throw new DefinitionError(`${type}: ${name} must be a finite number, not ${value}`);
  };
  finite('low', low);
  finite('high', high);
  if (low > high) throw new DefinitionError(`${type}: the space ${low}..${high} is empty; low must not exceed high`);
  if (scale !== 'linear' && scale !== 'log') {
    throw new DefinitionError(`${type}: scale must be 'linear' or 'log', not '${String(scale)}'`);
  }
  // Before the initial value: the middle of such a space on a log scale is no number.
  if (scale === 'log' && low <= 0) throw new DefinitionError(`${type}: a log scale needs low > 0, not ${low}`);
  finite('initial', initial);
  if (initial < low || initial > high) {
    throw new DefinitionError(`${type}: the initial value ${initial} is outside ${low}..${high}`);
  }
  return variable;
}
