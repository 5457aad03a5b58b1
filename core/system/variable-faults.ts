import { DefinitionError } from './definition-error';
import type { ModelVariable, OneOfVariable, PromptVariable, RangeVariable, Variables } from './variable';

/** @throws DefinitionError for the first variable that was declared wrongly, or made by none of the constructors. */
export function checkVariables(component: string, variables: Variables): void {
  for (const [name, variable] of Object.entries(variables)) {
    const at = `component '${component}': configuration.${name}`;
    if (typeof variable !== 'object' || variable === null || !('initial' in variable)) {
      throw new DefinitionError(`${at} must come from prompt, oneOf, range, integer or model`);
    }
    if (variable.fault !== undefined) throw new DefinitionError(`${at}: ${variable.fault}`);
  }
}

export function promptFault(variable: PromptVariable): string | undefined {
  const { initial, maxDemonstrations, demonstrationTokens, placeholders, maxCharacters } = variable;
  const { instructions, demonstrations } = initial;
  if (typeof instructions !== 'string' || instructions.trim() === '') {
    return 'the initial instructions are empty; write what the component should do';
  }
  if (!Number.isInteger(maxDemonstrations) || maxDemonstrations < 0) {
    return `demonstrations.max must be a whole number of at least 0, not ${maxDemonstrations}`;
  }
  if (demonstrationTokens !== undefined && !(demonstrationTokens > 0)) {
    return `demonstrations.tokens must be a number above 0, not ${demonstrationTokens}`;
  }
  if (demonstrations.length > maxDemonstrations) {
    return `${demonstrations.length} initial demonstrations, but demonstrations.max is ${maxDemonstrations}; raise it or drop some`;
  }
  if (instructions.length > maxCharacters) {
    return `the initial instructions have ${instructions.length} characters, more than maxCharacters (${maxCharacters})`;
  }
  const missing = placeholders.find((placeholder) => !instructions.includes(`{${placeholder}}`));
  return missing === undefined ? undefined : `the initial instructions lack the placeholder {${missing}}`;
}

export function oneOfFault({ values, initial }: OneOfVariable): string | undefined {
  if (!Array.isArray(values)) return 'the values must be a list';
  if (values.length === 0) return 'the list of values is empty; give at least one';
  const texts = values.map((value) => JSON.stringify(value));
  if (new Set(texts).size < texts.length) return `a value is listed twice in [${texts.join(', ')}]`;
  return texts.includes(JSON.stringify(initial))
    ? undefined
    : `the initial value ${JSON.stringify(initial)} is not in [${texts.join(', ')}]`;
}

export function numericFault(variable: RangeVariable): string | undefined {
  const { type, low, high, scale, initial } = variable;
  const infinite = Object.entries({ low, high }).find(([, value]) => !Number.isFinite(value));
  if (infinite !== undefined) return `${infinite[0]} must be a finite number, not ${infinite[1]}`;
  if (low > high) return `the space ${low}..${high} is empty; low must not exceed high`;
  if (scale !== 'linear' && scale !== 'log') return `scale must be 'linear' or 'log', not '${String(scale)}'`;
  // Before the initial value: the middle of such a space on a log scale is no number.
  if (scale === 'log' && low <= 0) return `a log scale needs low > 0, not ${low}`;
  if (!Number.isFinite(initial)) return `initial must be a finite number, not ${initial}`;
  if (initial < low || initial > high) return `the initial value ${initial} is outside ${low}..${high}`;
  if (type === 'range') return undefined;
  const broken = Object.entries({ low, high, initial }).find(([, value]) => !Number.isInteger(value));
  return broken === undefined ? undefined : `${broken[0]} must be a whole number, not ${broken[1]}`;
}

export function modelFault({ models, initial }: ModelVariable): string | undefined {
  if (!Array.isArray(models)) return 'the models must be a list of names';
  if (models.length === 0) return 'the list of models is empty; give at least one name';
  if (new Set(models).size < models.length) return `a model is listed twice in [${models.join(', ')}]`;
  return models.includes(initial) ? undefined : `the initial model '${initial}' is not in [${models.join(', ')}]`;
}
