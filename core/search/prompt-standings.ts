import { contentHash } from '../system/canonical-json';
import type { ComponentConfiguration } from '../system/configuration';
import type { Json } from '../system/json';
import type { PromptValue, PromptVariable } from '../system/variable';
import type { PastProposal } from './past-proposal';
import type { Incumbent } from './proposal';
import { standings, type Standing } from './standings';

/** A component's prompt variables. */
export function promptVariables({ variables }: Incumbent): [name: string, variable: PromptVariable][] {
  return Object.entries(variables).flatMap(([name, variable]): [string, PromptVariable][] =>
    variable.type === 'prompt' ? [[name, variable]] : [],
  );
}

/** The value of a prompt variable in some settings of a component that has it. */
export function promptIn(settings: ComponentConfiguration, variable: string): PromptValue {
  return settings[variable] as unknown as PromptValue;
}

/** A prompt variable's value as settings carry it. */
export function asSetting(value: PromptValue): Json {
  return value as unknown as Json;
}

/** How the instructions, or the sets of demonstrations, of a prompt did in the run: best first. `part` is their hash. */
export function promptStandings(
  past: readonly PastProposal[],
  incumbent: Incumbent,
  variable: string,
  kind: 'instructions' | 'demonstrations',
): Standing[] {
  return standings(past, {
    incumbent: incumbent.settings,
    partOf: (settings) => partHash(promptIn(settings, variable), kind),
    isPure: ({ changed }) => changed.every((change) => change.variable === variable && change.kind === kind),
  }).sort((a, b) => b.gain - a.gain || (a.part < b.part ? -1 : 1));
}

/** Identifies the instructions, or the demonstrations in any order. */
export function partHash(value: PromptValue, kind: 'instructions' | 'demonstrations'): string {
  return kind === 'instructions'
    ? contentHash(value.instructions)
    : contentHash(value.demonstrations.map((item) => contentHash(item)).sort());
}
