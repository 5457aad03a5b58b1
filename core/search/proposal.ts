import { keepInactive } from '../system/active-variables';
import { contentHash } from '../system/canonical-json';
import type { Component } from '../system/component';
import {
  changedKinds,
  configurationHash,
  faultOf,
  type ComponentConfiguration,
  type Configuration,
} from '../system/configuration';
import type { Json } from '../system/json';
import type { PromptValue, SettingKind, Variables } from '../system/variable';

export type ProposalOrigin =
  | 'grid'
  | 'tpe'
  | 'demonstrations'
  | 'instruction-edit'
  | 'instructions-and-demonstrations'
  | 'opro'
  | 'reflection'
  | 'merge'
  | 'model'
  | 'same-model'
  /** A user's own optimizer. */
  | 'own'
  | 'combination'
  | 'joint'
  | 'simultaneous';

/** A candidate for one component's local step, which may change other components as well (a joint move). */
export interface Proposal {
  /** The whole component's settings, not only what changed. */
  settings: ComponentConfiguration;
  origin: ProposalOrigin;
  /** The whole settings of the other components that it changes, by component. Only the global metric can judge it then. */
  elsewhere?: Readonly<Record<string, ComponentConfiguration>>;
  /** What differs from the incumbent; each names its component where several are changed. */
  changed: { component?: string; variable: string; kind: SettingKind }[];
  /** How it was made, for people. */
  note?: string;
  /** The optimizers that are credited with it: one, or those of a combination's members. Set by the portfolio. */
  optimizers?: string[];
}

/** A component's variables and the settings it runs with now. */
export interface Incumbent {
  variables: Variables;
  settings: ComponentConfiguration;
}

/** What proposals for a component start from, under a configuration of the whole system. */
export function incumbentOf(
  { name, configuration: variables }: Pick<Component, 'name' | 'configuration'>,
  configuration: Configuration,
): Incumbent {
  return { variables, settings: configuration[name] ?? {} };
}

/** Identifies a proposal by its settings alone: two ways to the same settings are one proposal. */
export function proposalHash({ settings, elsewhere }: Pick<Proposal, 'settings' | 'elsewhere'>): string {
  return elsewhere === undefined ? configurationHash(settings) : contentHash({ settings, elsewhere });
}

/** The proposal that gives some variables new values; undefined where that leaves what the component does as it is. */
export function propose(
  incumbent: Incumbent,
  values: Readonly<Record<string, Json>>,
  how: { origin: ProposalOrigin; note?: string | undefined },
): Proposal | undefined {
  const settings = keepInactive(incumbent.variables, { ...incumbent.settings, ...values }, incumbent.settings);
  const changed = changedParts(incumbent, settings);
  if (changed.length === 0) return undefined;
  return { settings, origin: how.origin, changed, ...(how.note !== undefined && { note: how.note }) };
}

/** The proposals whose settings are in their space, neither the incumbent's nor those of an earlier proposal. */
export function distinctProposals(incumbent: Incumbent, proposals: readonly (Proposal | undefined)[]): Proposal[] {
  const seen = new Set([configurationHash(incumbent.settings)]);
  return proposals.filter((proposal): proposal is Proposal => {
    if (proposal === undefined || seen.has(proposalHash(proposal))) return false;
    seen.add(proposalHash(proposal));
    return Object.entries(incumbent.variables).every(
      ([name, variable]) => faultOf(variable, proposal.settings[name]) === undefined,
    );
  });
}

/** Whether settings differ from the incumbent's in one kind of setting, and in no other. */
export function differsOnlyIn(kind: SettingKind, incumbent: Incumbent, settings: ComponentConfiguration): boolean {
  const changed = changedParts(incumbent, settings);
  return changed.length > 0 && changed.every((change) => change.kind === kind);
}

/** What differs; a prompt's instructions and demonstrations are separate parts. */
function changedParts(incumbent: Incumbent, settings: ComponentConfiguration): Proposal['changed'] {
  return Object.entries(incumbent.variables).flatMap(([variable, definition]) =>
    changedKinds(definition, incumbent.settings[variable], settings[variable]).map((kind) => ({ variable, kind })),
  );
}

/**
 * A prompt variable with its definition and current value.
 *
 * @throws RangeError where the component has no such prompt.
 */
export function promptOf(incumbent: Incumbent, variable: string): PromptValue {
  const definition = incumbent.variables[variable];
  if (definition?.type !== 'prompt') {
    const prompts = Object.entries(incumbent.variables).filter(([, item]) => item.type === 'prompt');
    throw new RangeError(
      `'${variable}' is not a prompt variable; the component's prompts are: ${prompts.map(([name]) => name).join(', ') || 'none'}`,
    );
  }
  return incumbent.settings[variable] as unknown as PromptValue;
}
