import { inTurn } from '../random/in-turn';
import type { RandomStream } from '../random/stream';
import type { PreferencePair } from './preference-pair';

/**
 * `count` past pairs, by index, for an adaptation to rehearse (paper, section 4.2: replay buffer). Drawn without replacement
 * from strata of equal age and incumbent, in turn: an iteration that collected much does not crowd out the others, and neither
 * does a configuration that was the incumbent for long. All of them, where there are no more.
 *
 * @param past indices into `pairs` that may be drawn.
 */
export function replaySample(
  pairs: readonly PreferencePair[],
  past: readonly number[],
  count: number,
  stream: RandomStream,
): number[] {
  const strata = new Map<string, number[]>();
  for (const index of past) {
    const { iteration, configurationHash } = pairs[index] as PreferencePair;
    const key = `${configurationHash}/${String(iteration).padStart(12, '0')}`;
    strata.set(key, [...(strata.get(key) ?? []), index]);
  }
  // By configuration first, then by age within it: each draw goes to the next configuration, and there to its next age.
  const byConfiguration = new Map<string, number[][]>();
  for (const [key, members] of [...strata].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const configuration = key.slice(0, key.lastIndexOf('/'));
    byConfiguration.set(configuration, [...(byConfiguration.get(configuration) ?? []), stream.shuffle(members)]);
  }
  const queues = stream.shuffle([...byConfiguration.values()].map((ages) => inTurn(stream.shuffle(ages))));
  return inTurn(queues).slice(0, count);
}
