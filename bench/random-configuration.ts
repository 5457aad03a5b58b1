import type { RandomStream } from '../core/random/stream';
import type { Proposal } from '../core/search/proposal';
import type { Component } from '../core/system/component';
import type { Configuration } from '../core/system/configuration';
import type { Json } from '../core/system/json';
import type { PromptValue } from '../core/system/variable';

/** Share of parts that stay as they are. */
const kept = 0.25;

/**
 * A configuration of random search: each part of each component (a variable; a prompt's instructions and demonstrations
 * apart) stays as it is or is that of a proposal that changes it, whatever the other parts are.
 */
export function randomConfiguration(
  initial: Configuration,
  pools: readonly { component: Pick<Component, 'name'>; proposals: readonly Proposal[] }[],
  stream: RandomStream,
): Configuration {
  const drawn: Record<string, Record<string, Json>> = {};
  for (const { component, proposals } of pools) {
    const settings: Record<string, Json> = { ...initial[component.name] };
    for (const [part, changing] of proposalsByPart(proposals)) {
      if (stream.uniform() < kept) continue;
      const [variable, kind] = JSON.parse(part) as [string, string];
      const value = stream.choice(changing).settings[variable] as Json;
      settings[variable] =
        kind === 'instructions' || kind === 'demonstrations'
          ? ({ ...(settings[variable] as object), [kind]: (value as unknown as PromptValue)[kind] } as Json)
          : value;
    }
    drawn[component.name] = settings;
  }
  return { ...initial, ...drawn };
}

function proposalsByPart(proposals: readonly Proposal[]): Map<string, Proposal[]> {
  const parts = new Map<string, Proposal[]>();
  // Every component is drawn by itself.
  for (const proposal of proposals.filter(({ elsewhere }) => elsewhere === undefined)) {
    for (const { variable, kind } of proposal.changed) {
      const part = JSON.stringify([variable, kind]);
      parts.set(part, [...(parts.get(part) ?? []), proposal]);
    }
  }
  return parts;
}
