import type { OptimizerContext } from '../../core/search/component-optimizer';
import type { ProposeInput } from '../contracts';
import type { ActivityDependencies } from '../dependencies';
import type { OpenRun } from '../open-run';
import { openRankingReward, rankingReward } from './latest-reward';

/**
 * The component's LRF as optimizers ask it: the version before this iteration's, which is being fitted at the same time. Opened when it
 * is asked; undefined where it is not trusted.
 */
export async function rewardGains(
  dependencies: ActivityDependencies,
  run: OpenRun,
  input: ProposeInput,
  signal: AbortSignal,
): Promise<OptimizerContext['rewardGains']> {
  const { component, iteration, limits } = input;
  const ranking = await rankingReward(dependencies.stores, { runId: run.runId, component, upTo: iteration });
  if (ranking === undefined) return undefined;
  return async (comparisons) => {
    const reward = await openRankingReward(dependencies, run, { ranking, limits }, signal);
    try {
      return (await reward.gains(comparisons)).map(({ gain }) => gain);
    } finally {
      await reward.close();
    }
  };
}
