import { gainsOfConfigurations } from '../../core/preference/gains-of-configurations';
import type { SettingsObservation } from '../../core/search/hyperparameter-proposals';
import type { ProposeInput } from '../contracts';
import type { ActivityDependencies } from '../dependencies';

/** Those under the incumbent count, which are the newest. */
const enoughCandidates = 1_000;

/**
 * What the preference data says about settings of the component: the mean gain in score over the incumbent's output on the
 * same inputs, for every alternative configuration that was called. A model-based search starts there.
 */
export async function settingObservations(
  { stores }: ActivityDependencies,
  { runId, component, configurationHash, iteration }: ProposeInput,
): Promise<SettingsObservation[]> {
  const candidates = await stores.candidates.listRecent(runId, component, iteration, enoughCandidates);
  const gains = gainsOfConfigurations(candidates, configurationHash);
  const configurations = await stores.configurations.getMany([...gains.keys()]);
  return [...gains].map(([hash, value]) => ({ settings: configurations.get(hash)?.[component] ?? {}, value }));
}
