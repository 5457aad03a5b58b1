import { mean } from '../validation/moments';
import type { Candidate } from './candidate';

/**
 * What the preference data of one component says about alternative configurations: configuration hash -> mean gain in score
 * over the incumbent's output on the same inputs, of those that candidates were collected from.
 *
 * @param incumbent hash of the incumbent: inputs that were collected under another one do not count.
 */
export function gainsOfConfigurations(candidates: readonly Candidate[], incumbent: string): Map<string, number> {
  const inputKey = (item: Candidate): string => `${item.iteration}/${item.exampleId}`;
  const bases = new Map(
    candidates
      .filter((item) => item.origin === 'base' && item.configurationHash === incumbent)
      .map((item) => [inputKey(item), mean(item.scores)]),
  );
  const gains = new Map<string, number[]>();
  for (const item of candidates) {
    const base = bases.get(inputKey(item));
    if (base === undefined || item.origin !== 'configuration') continue;
    gains.set(item.configurationHash, [...(gains.get(item.configurationHash) ?? []), mean(item.scores) - base]);
  }
  return new Map([...gains].map(([hash, values]) => [hash, mean(values)]));
}
