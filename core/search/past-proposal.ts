import type { ComponentConfiguration } from '../system/configuration';
import type { Proposal } from './proposal';

/**
 * A proposal of an earlier iteration of the run that changed the component, with what was measured of it. One with an
 * `elsewhere` was accepted, and has no gains: they are not the component's alone.
 */
export interface PastProposal {
  iteration: number;
  /** The component's settings that it was compared with. */
  incumbent: ComponentConfiguration;
  proposal: Proposal;
  /** Mean gain over that incumbent on training inputs, by the LRF where it was trusted; null: never judged alone. */
  expectedGain: number | null;
  /** The same by the global metric on more training inputs; null: not in the shortlist. */
  measuredGain: number | null;
  /** Training example id -> gain by the global metric on its inputs; absent: the metric judged it on none. */
  instanceGains?: Readonly<Record<string, number>>;
  /** It went to validation. */
  finalist: boolean;
  /** It became the incumbent. */
  accepted: boolean;
}
