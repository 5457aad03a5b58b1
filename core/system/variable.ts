import type { When } from './active-variables';
import type { Json, JsonObject } from './json';
import { modelFault, numericFault, oneOfFault, promptFault } from './variable-faults';

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

/** What every variable has beside its own fields. */
interface Declared {
  /**
   * What is wrong with how it was declared; absent: nothing. A constructor knows neither component nor field, so whoever
   * takes variables (`component`, `loadTunedConfiguration`) throws it with both.
   */
  fault?: string;
}

export interface PromptVariable extends Declared {
  type: 'prompt';
  initial: PromptValue;
  /** How many demonstrations a candidate may carry; 0: instructions only. */
  maxDemonstrations: number;
  /** Most tokens of demonstrations that optimizers put together; absent: 1,000. A user's own optimizer may exceed it. */
  demonstrationTokens?: number;
  /** `{placeholder}`s that every proposal must keep. */
  placeholders: string[];
  /** Longest instructions a proposal may have, in characters. */
  maxCharacters: number;
}

export interface OneOfVariable<T extends Json = Json> extends Declared {
  type: 'oneOf';
  values: readonly T[];
  initial: T;
  /** Absent: it always matters. */
  when?: When;
}

export interface RangeVariable extends Declared {
  type: 'range' | 'integer';
  low: number;
  high: number;
  scale: 'linear' | 'log';
  initial: number;
  /** Absent: it always matters. */
  when?: When;
}

export interface ModelVariable<N extends string = string> extends Declared {
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

/** Whether one of the variables is a prompt. */
export function hasPrompt(variables: Variables): boolean {
  return Object.values(variables).some(({ type }) => type === 'prompt');
}

/** Whether the variable can take more than one value. */
export function hasChoice(variable: Variable): boolean {
  switch (variable.type) {
    case 'prompt':
      return true;
    case 'oneOf':
      return variable.values.length > 1;
    case 'model':
      return variable.models.length > 1;
    default:
      return variable.low < variable.high;
  }
}

/** What an accepted update changed; `instructions` and `demonstrations` are the two parts of a prompt. */
export type SettingKind = 'instructions' | 'demonstrations' | 'hyperparameter' | 'model';

/** A tunable prompt. Its mistakes (such as empty instructions or a missing placeholder) are thrown by `component()`. */
export function prompt(
  instructions: string,
  options: {
    demonstrations?: { max: number; initial?: Demonstration[]; tokens?: number };
    placeholders?: string[];
    maxCharacters?: number;
  } = {},
): PromptVariable {
  const { max = 0, initial = [], tokens } = options.demonstrations ?? {};
  const variable: PromptVariable = {
    type: 'prompt',
    initial: { instructions, demonstrations: initial },
    maxDemonstrations: max,
    ...(tokens !== undefined && { demonstrationTokens: tokens }),
    placeholders: options.placeholders ?? [],
    maxCharacters: options.maxCharacters ?? 8_000,
  };
  return checked(variable, promptFault);
}

/**
 * A categorical setting. `when` says under which values of other variables it matters; where it does not, it is not searched.
 * Without `initial`, it starts from the first value. Its mistakes are thrown by `component()`.
 */
export function oneOf<const T extends Json>(
  values: readonly T[],
  options: { initial?: NoInfer<T>; when?: When } = {},
): OneOfVariable<T> {
  const initial = options.initial === undefined ? (values?.[0] as T) : options.initial;
  return checked({ type: 'oneOf', values, initial, ...conditional(options.when) }, oneOfFault);
}

export interface RangeOptions {
  initial?: number;
  scale?: 'linear' | 'log';
  when?: When;
}

/**
 * A continuous setting in [low, high]; `scale: 'log'` searches orders of magnitude; `when` as in `oneOf`. Its mistakes are
 * thrown by `component()`.
 */
export function range(low: number, high: number, options: RangeOptions = {}): RangeVariable {
  return numeric('range', low, high, options);
}

/** A whole-number setting in low..high, both included; `scale`, `when` and mistakes as in `range`. */
export function integer(low: number, high: number, options: RangeOptions = {}): RangeVariable {
  return numeric('integer', low, high, options);
}

/**
 * A choice among named models of the configured endpoints. Without `initial`, it starts from the first. Its mistakes are
 * thrown by `component()`.
 */
export function model<const N extends string>(
  models: readonly N[],
  options: { initial?: NoInfer<N> } = {},
): ModelVariable<N> {
  return checked({ type: 'model', models, initial: options.initial ?? (models?.[0] as N) }, modelFault);
}

function numeric(type: RangeVariable['type'], low: number, high: number, options: RangeOptions): RangeVariable {
  const scale = options.scale ?? 'linear';
  const middle = scale === 'log' ? Math.sqrt(low * high) : (low + high) / 2;
  const initial = options.initial ?? (type === 'integer' ? Math.round(middle) : middle);
  return checked({ type, low, high, scale, initial, ...conditional(options.when) }, numericFault);
}

function conditional(when: When | undefined): { when?: When } {
  return when === undefined ? {} : { when };
}

function checked<V extends Variable>(variable: V, faultIn: (variable: V) => string | undefined): V {
  const fault = faultIn(variable);
  return fault === undefined ? variable : { ...variable, fault: `${variable.type}: ${fault}` };
}
