import type { ComponentConfiguration } from '../system/configuration';
import type { PastProposal } from './past-proposal';
import type { Proposal } from './proposal';

/** How one part of a component's settings (some instructions, a set of demonstrations, or all of it) did in the run. */
export interface Standing {
  /** What `partOf` calls it. */
  part: string;
  /** Settings of the component that it was measured in. */
  settings: ComponentConfiguration;
  /** Mean gain over the same part of the present incumbent, in score. */
  gain: number;
  /** By the global metric; otherwise the LRF expects it. */
  measured: boolean;
  /** Training example id -> gain over the present incumbent's part there. */
  instances: ReadonlyMap<string, number>;
}

type Level = Pick<Standing, 'settings' | 'measured' | 'instances'> & { mean: number };

/**
 * Brings what earlier iterations measured of a part to one scale. Each proposal was compared with the incumbent of its
 * time; its gain is counted on from that incumbent's own, through every accepted update of the part, and given relative to
 * the present incumbent (which is not among the results; what it replaced is). Of a part that was measured repeatedly the last time counts. An accepted update
 * that changed the part together with other components starts a new scale: no gain of the part's own leads over it.
 *
 * @param options.past oldest first.
 * @param options.partOf equal for settings with the same part.
 * @param options.isPure whether a proposal changed nothing but the part: of the others, only accepted ones say something of
 *   it (all of their gain is then credited to the part).
 */
export function standings(
  past: readonly PastProposal[],
  options: {
    incumbent: ComponentConfiguration;
    partOf: (settings: ComponentConfiguration) => string;
    isPure: (proposal: Proposal) => boolean;
  },
): Standing[] {
  const { incumbent, partOf, isPure } = options;
  const levels = new Map<string, Level>();
  for (const { incumbent: base, proposal, measuredGain, expectedGain, instanceGains = {}, accepted } of past) {
    const gain = measuredGain ?? expectedGain;
    const part = partOf(proposal.settings);
    if (proposal.elsewhere !== undefined) {
      // What the part gained in it is not known, and what was measured before was measured beside other settings elsewhere.
      if (accepted && part !== partOf(base)) levels.clear();
      continue;
    }
    if (gain === null || part === partOf(base) || !(accepted || isPure(proposal))) continue;
    const from = levels.get(partOf(base)) ?? { settings: base, measured: true, mean: 0, instances: new Map() };
    levels.set(partOf(base), from);
    levels.set(part, {
      settings: proposal.settings,
      measured: measuredGain !== null,
      mean: from.mean + gain,
      instances: new Map(
        Object.entries(instanceGains).map(([id, own]) => [id, (from.instances.get(id) ?? from.mean) + own]),
      ),
    });
  }
  const present = levels.get(partOf(incumbent));
  levels.delete(partOf(incumbent));
  const presentLevel = (id: string): number => present?.instances.get(id) ?? present?.mean ?? 0;
  return [...levels].map(([part, { settings, measured, mean, instances }]) => ({
    part,
    settings,
    measured,
    gain: mean - (present?.mean ?? 0),
    instances: new Map([...instances].map(([id, own]) => [id, own - presentLevel(id)])),
  }));
}
