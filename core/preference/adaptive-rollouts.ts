import { nextRollout } from './next-rollout';

/** A candidate that stays unsure gets at most this many times the usual rollouts. */
const mostShare = 3;

/**
 * Rolls out the candidates of one input, by place: half of the rollouts go to all alike, the other half to those whose order
 * is least sure (adaptive Monte Carlo). What was scored decides what is scored next, so that a second attempt repeats it.
 *
 * @param usual rollouts per candidate, in the mean.
 * @param rollOut one rollout of a candidate; `index` counts its rollouts.
 * @param all waits for rollouts side by side.
 */
export async function adaptiveRollouts<T extends { score: number }>(
  candidates: number,
  usual: number,
  rollOut: (candidate: number, index: number) => Promise<T>,
  all: (rollouts: Promise<T[]>[]) => Promise<T[][]> = (rollouts) => Promise.all(rollouts),
): Promise<T[][]> {
  const first = Math.ceil(usual / 2);
  const scores = await all(
    Array.from({ length: candidates }, async (_, candidate) => {
      const own: T[] = [];
      for (let index = 0; index < first; index++) own.push(await rollOut(candidate, index));
      return own;
    }),
  );
  for (let left = (usual - first) * candidates; left > 0; left--) {
    const next = nextRollout(
      scores.map((own) => own.map(({ score }) => score)),
      mostShare * usual,
    );
    if (next === undefined) break;
    const own = scores[next] as T[];
    own.push(await rollOut(next, own.length));
  }
  return scores;
}
