import { contentHash } from './canonical-json';
import type { ComponentConfiguration } from './configuration';
import { DefinitionError } from './definition-error';
import type { Json } from './json';
import type { Variable, Variables } from './variable';

/**
 * When a hyperparameter matters: names of other variables of the component (`oneOf` or `model`), each with the value, or
 * the list of values, under which it does. `{ mode: 'hybrid' }`
 */
export type When = Readonly<Record<string, Json | readonly Json[]>>;

/** @throws DefinitionError for a condition on a variable or value that does not exist, or on one that is conditional too. */
export function checkConditions(component: string, variables: Variables): void {
  for (const [name, variable] of Object.entries(variables)) {
    for (const [other, wanted] of Object.entries(conditionOf(variable))) {
      const at = `component '${component}': configuration.${name}: when.${other}`;
      const controller = variables[other];
      const values = choicesOf(controller);
      if (controller === undefined || values === undefined || other === name) {
        throw new DefinitionError(`${at} must be the name of another variable, made by oneOf or model`);
      }
      if (Object.keys(conditionOf(controller)).length > 0) {
        throw new DefinitionError(
          `${at} is conditional itself; name the variables on which '${other}' depends instead`,
        );
      }
      const known = new Set(values.map((value) => contentHash(value)));
      const stray = asList(wanted).find((value) => !known.has(contentHash(value)));
      if (stray !== undefined) {
        throw new DefinitionError(
          `${at} is ${JSON.stringify(stray)}, which '${other}' never is; it is one of ${JSON.stringify(values)}`,
        );
      }
    }
  }
}

/** False where the component's other settings make the variable's value meaningless. */
export function isActive(variable: Variable, settings: ComponentConfiguration): boolean {
  return Object.entries(conditionOf(variable)).every(([other, wanted]) =>
    asList(wanted).some((value) => contentHash(value) === contentHash(settings[other] ?? null)),
  );
}

/** The settings with every inactive variable as it is in `before`: settings that only differ there do the same. */
export function keepInactive(
  variables: Variables,
  settings: ComponentConfiguration,
  before: ComponentConfiguration,
): ComponentConfiguration {
  const kept: Record<string, Json> = { ...settings };
  for (const [name, variable] of Object.entries(variables)) {
    if (!isActive(variable, settings)) kept[name] = before[name] as Json;
  }
  return kept;
}

function conditionOf(variable: Variable): When {
  return ('when' in variable ? variable.when : undefined) ?? {};
}

function choicesOf(variable: Variable | undefined): readonly Json[] | undefined {
  if (variable?.type === 'oneOf') return variable.values;
  return variable?.type === 'model' ? variable.models : undefined;
}

/** A list stands for its members; a single value that is a list itself must be wrapped in one. */
function asList(wanted: Json | readonly Json[]): readonly Json[] {
  return Array.isArray(wanted) ? (wanted as readonly Json[]) : [wanted as Json];
}
