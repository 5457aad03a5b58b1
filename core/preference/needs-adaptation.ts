import { downstreamInfluences } from '../system/downstream-influences';
import type { Wiring } from '../system/wiring';
import type { PastUpdate } from './mark-stale';

/**
 * Whether a component's Local Reward Function needs fresh preference data: it is not trusted, or since its newest data an update was
 * accepted of the component itself, of one that reaches it (it sees other inputs) or of one that its outputs are worth something
 * through (paper, section 4.2: rewards are adapted when configurations change). Data of the same system would cost as much and tell little.
 *
 * @param reward.newestData the iteration that its newest data are from, -1 for those before the first; null: there are none.
 * @param decisions all before the present iteration.
 */
export function needsAdaptation(
  wiring: Pick<Wiring, 'sources' | 'outputs' | 'descendants'>,
  component: string,
  reward: { trusted: boolean; newestData: number | null },
  decisions: readonly PastUpdate[],
): boolean {
  const { trusted, newestData } = reward;
  if (!trusted || newestData === null) return true;
  const influences = downstreamInfluences(wiring as Wiring, component);
  const matters = (name: string): boolean =>
    name === component || influences.has(name) || wiring.descendants[name]?.has(component) === true;
  return decisions.some(
    ({ accepted, iteration, changed }) =>
      accepted && iteration >= newestData && changed.some((change) => matters(change.component)),
  );
}
