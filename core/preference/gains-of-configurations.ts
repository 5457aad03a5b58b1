import { mean } from '../validation/moments';
import type { Candidate } from './candidate';

/**
 * What the preference data of one component says about alternative configurations: configuration hash -> mean gain in score
 * over the incumbent's output, on the inputs that the alternative was called on.
 *
 * @param incumbent hash of the incumbent: inputs that were collected under another one do not count.
 */
export function gainsOfConfigurations(
  candidates: readonly Pick<Candidate, 'origin' | 'configurationHash' | 'scores' | 'alternatives'>[],
  incumbent: string,
): Map<string, number> {
  const gains = new Map<string, number[]>();
  for (const { origin, configurationHash, scores, alternatives } of candidates) {
    if (origin !== 'base' || configurationHash !== incumbent) continue;
    const before = mean(scores);
    for (const [hash, score] of Object.entries(alternatives ?? {})) {
      gains.set(hash, [...(gains.get(hash) ?? []), score - before]);
    }
  }
  return new Map([...gains].map(([hash, values]) => [hash, mean(values)]));
}
