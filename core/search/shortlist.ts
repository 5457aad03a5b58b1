import { rankDistinct, type JudgedProposal } from './rank-distinct';

/**
 * The best `size` proposals of all rounds, for the global metric to judge on more inputs (successive halving, Jamieson and
 * Talwalkar 2016). Also those that are expected to lose: a gain on few inputs, or by the reward, may be wrong either way. Of proposals with the
 * same outputs only one counts.
 */
export function shortlist<T extends JudgedProposal>(rounds: readonly { scores: readonly T[] }[], size: number): T[] {
  return rankDistinct(rounds.flatMap(({ scores }) => scores)).distinct.slice(0, size);
}
