import type { Configuration } from '../system/configuration';
import type { Proposal } from './proposal';

/** The whole configuration with a proposal for `component` in place, also what it changes elsewhere; the incumbent is left as it is. */
export function placeProposal(
  incumbent: Configuration,
  component: string,
  { settings, elsewhere = {} }: Pick<Proposal, 'settings' | 'elsewhere'>,
): Configuration {
  return { ...incumbent, ...elsewhere, [component]: settings };
}
