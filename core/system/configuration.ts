import { contentHash } from './canonical-json';
import { DefinitionError } from './definition-error';
import type { Json } from './json';
import type { System } from './system';
import type { PromptValue, SettingKind, Variable } from './variable';

/** component -> variable -> value: the `v = (v_1..v_K)` of the paper. Plain JSON, never mutated. */
export type Configuration = { readonly [component: string]: ComponentConfiguration };
export type ComponentConfiguration = { readonly [variable: string]: Json };

/** The configuration that the definition starts from. Components without variables have an empty one. */
export function initialConfiguration(system: System): Configuration {
  return Object.fromEntries(
    system.components.map((item) => [
      item.name,
      Object.fromEntries(
        Object.entries(item.configuration).map(([name, variable]) => [name, variable.initial as unknown as Json]),
      ),
    ]),
  );
}

export function configurationHash(configuration: Configuration | ComponentConfiguration): string {
  return contentHash(configuration);
}

/** The configuration with one component's settings replaced; the argument is left as it is. */
export function withComponent(
  configuration: Configuration,
  component: string,
  settings: ComponentConfiguration,
): Configuration {
  return { ...configuration, [component]: settings };
}

/** One setting that differs between two configurations. */
export interface SettingChange {
  component: string;
  variable: string;
  kind: SettingKind;
}

/** What differs between two configurations of a system; a prompt reports instructions and demonstrations separately. */
export function changedSettings(system: System, before: Configuration, after: Configuration): SettingChange[] {
  const changes: SettingChange[] = [];
  for (const item of system.components) {
    for (const [name, variable] of Object.entries(item.configuration)) {
      const [old, now] = [before[item.name]?.[name], after[item.name]?.[name]];
      for (const kind of changedKinds(variable, old, now)) changes.push({ component: item.name, variable: name, kind });
    }
  }
  return changes;
}

/** Which parts of a variable differ between two values. */
export function changedKinds(variable: Variable, before: Json | undefined, after: Json | undefined): SettingKind[] {
  if (contentHash(before ?? null) === contentHash(after ?? null)) return [];
  if (variable.type === 'model') return ['model'];
  if (variable.type !== 'prompt') return ['hyperparameter'];
  const [old, now] = [before as unknown as PromptValue, after as unknown as PromptValue];
  const kinds: SettingKind[] = [];
  if (old.instructions !== now.instructions) kinds.push('instructions');
  if (contentHash(old.demonstrations) !== contentHash(now.demonstrations)) kinds.push('demonstrations');
  return kinds;
}

/**
 * Checks a configuration (from a file, a proposer, a database) against a system's spaces.
 *
 * @throws DefinitionError naming component and variable.
 */
export function checkConfiguration(system: System, configuration: Configuration): void {
  for (const item of system.components) {
    const settings = configuration[item.name] ?? {};
    for (const [name, variable] of Object.entries(item.configuration)) {
      const fault = faultOf(variable, settings[name]);
      if (fault !== undefined) {
        throw new DefinitionError(`configuration of component '${item.name}': variable '${name}' ${fault}`);
      }
    }
    const unknown = Object.keys(settings).find((name) => !(name in item.configuration));
    if (unknown !== undefined) {
      throw new DefinitionError(`configuration of component '${item.name}' has no variable '${unknown}'`);
    }
  }
  const names = new Set(system.components.map((item) => item.name));
  const unknown = Object.keys(configuration).find((name) => !names.has(name));
  if (unknown !== undefined) throw new DefinitionError(`system '${system.name}' has no component '${unknown}'`);
}

/** What is wrong with a value for a variable, in words; undefined when it is in the variable's space. */
export function faultOf(variable: Variable, value: Json | undefined): string | undefined {
  if (value === undefined) return 'has no value';
  switch (variable.type) {
    case 'prompt': {
      const candidate = value as Partial<PromptValue> | null;
      if (typeof candidate?.instructions !== 'string' || !Array.isArray(candidate.demonstrations)) {
        return 'must be {instructions, demonstrations}';
      }
      if (candidate.instructions.trim() === '') return 'has empty instructions';
      if (candidate.instructions.length > variable.maxCharacters)
        return `is longer than ${variable.maxCharacters} characters`;
      if (candidate.demonstrations.length > variable.maxDemonstrations) {
        return `has ${candidate.demonstrations.length} demonstrations; at most ${variable.maxDemonstrations} are allowed`;
      }
      if (!candidate.demonstrations.every(isDemonstration)) return 'has a demonstration that is not {inputs, outputs}';
      const lost = variable.placeholders.find((name) => !candidate.instructions?.includes(`{${name}}`));
      return lost === undefined ? undefined : `lacks the placeholder {${lost}}`;
    }
    case 'oneOf':
      return variable.values.some((allowed) => contentHash(allowed) === contentHash(value))
        ? undefined
        : `is ${JSON.stringify(value)}; expected one of ${JSON.stringify(variable.values)}`;
    case 'model':
      return variable.models.some((allowed) => allowed === value)
        ? undefined
        : `is ${JSON.stringify(value)}; expected one of ${variable.models.join(', ')}`;
    default:
      if (typeof value !== 'number' || !(value >= variable.low && value <= variable.high)) {
        return `is ${JSON.stringify(value)}; expected a number in ${variable.low}..${variable.high}`;
      }
      return variable.type === 'integer' && !Number.isInteger(value)
        ? `is ${value}; expected a whole number`
        : undefined;
  }
}

function isDemonstration(value: unknown): boolean {
  const { inputs, outputs } = (value ?? {}) as { inputs?: unknown; outputs?: unknown };
  return [inputs, outputs].every((part) => typeof part === 'object' && part !== null && !Array.isArray(part));
}
