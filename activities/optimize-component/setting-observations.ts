import type { SettingsObservation } from '../../core/search/hyperparameter-proposals';
import { mean } from '../../core/validation/moments';
import type { ProposeInput } from '../contracts';
import type { ActivityDependencies } from '../dependencies';

/** Those under the incumbent count, which are the newest. */
const enoughCandidates = 1_000;

/**
 * What the preference data says about settings of the component: the mean gain in score over the incumbent's output on the
 * same inputs, for every alternative configuration that candidates were collected from. A model-based search starts there.
 */
export async function settingObservations(
  { stores }: ActivityDependencies,
  { runId, component, configurationHash, iteration }: ProposeInput,
): Promise<SettingsObservation[]> {
  const candidates = await stores.candidates.listRecent(runId, component, iteration, enoughCandidates);
  const inputKey = (item: { iteration: number; exampleId: string }): string => `${item.iteration}/${item.exampleId}`;
  const bases = new Map(
    candidates
      .filter((item) => item.origin === 'base' && item.configurationHash === configurationHash)
      .map((item) => [inputKey(item), mean(item.scores)]),
  );
  const gains = new Map<string, number[]>();
  for (const item of candidates) {
    const base = bases.get(inputKey(item));
    if (base === undefined || item.origin !== 'configuration') continue;
    gains.set(item.configurationHash, [...(gains.get(item.configurationHash) ?? []), mean(item.scores) - base]);
  }
  const configurations = await stores.configurations.getMany([...gains.keys()]);
  return [...gains].map(([hash, values]) => ({
    settings: configurations.get(hash)?.[component] ?? {},
    value: mean(values),
  }));
}
