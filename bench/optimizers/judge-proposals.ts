import { gainEstimate } from '../../core/search/gain-estimate';
import type { Proposal } from '../../core/search/proposal';
import type { Component } from '../../core/system/component';
import { configurationHash, withComponent } from '../../core/system/configuration';
import type { JsonObject } from '../../core/system/json';
import { rewardGains, type FastReward } from './fast-reward';
import type { OptimizerState, Place } from './optimizer-state';

/** A proposal as the local step judged it. */
export interface Judged {
  /** Of the whole configuration with the proposal in place. */
  configurationHash: string;
  proposal: Proposal;
  meanGain: number;
  standardError: number;
  inputs: number;
  outputsHash: string;
  changes: number;
  /** By example id, where the global metric judged. */
  measured: ReadonlyMap<string, number> | null;
}

/** Expected gains over the incumbent, by a reward or by downstream rollouts, as `scoreProposals` has them. */
export function judgeProposals(
  state: OptimizerState,
  step: {
    component: Component;
    iteration: number;
    proposals: readonly Proposal[];
    places: readonly Place[];
    /** Absent: the global metric judges. */
    reward?: { model: FastReward; calibrated: boolean } | undefined;
    label: 'ranking' | 'shortlist';
  },
): Judged[] {
  const { component, iteration, proposals, places, reward, label } = step;
  const { simulated, incumbent } = state;
  const measure = (place: Place, outputs: JsonObject, judged: string): number =>
    state.downstream(component, iteration, place, outputs, label, judged);
  // The incumbent's outputs are the same for every proposal.
  const before = reward === undefined ? places.map((place) => measure(place, place.base, '')) : [];
  return proposals.map((proposal): Judged => {
    const hash = configurationHash(withComponent(incumbent, component.name, proposal.settings));
    const outputs = places.map(({ inputs, example }) => {
      const draw = state.draw('optimization', iteration, example);
      return simulated.call(component, inputs, proposal.settings, draw, label);
    });
    const gains =
      reward === undefined
        ? places.map((place, at) => measure(place, outputs[at] as JsonObject, hash) - (before[at] as number))
        : rewardGains(
            reward.model,
            places.map(({ inputs, base }, at) => ({ inputs, incumbent: base, candidate: outputs[at] as JsonObject })),
            reward.calibrated,
          );
    return {
      configurationHash: hash,
      proposal,
      ...gainEstimate(gains),
      outputsHash: JSON.stringify(outputs),
      changes: proposal.changed.length,
      measured:
        reward === undefined ? new Map(places.map(({ example }, at) => [example.id, gains[at] as number])) : null,
    };
  });
}
