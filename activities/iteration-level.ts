import { levelOf } from '../core/validation/online-fallback';
import { decisionsBefore } from './decisions-before';
import type { ActivityDependencies } from './dependencies';
import type { OpenRun } from './open-run';

/** The level of an iteration's test: what the run's alpha and the decisions before leave it (online fallback). */
export async function iterationLevel(
  { stores }: ActivityDependencies,
  { plan }: Pick<OpenRun, 'plan'>,
  { runId, iteration }: { runId: string; iteration: number },
): Promise<number> {
  const before = await decisionsBefore(stores, runId, iteration);
  return levelOf({ alpha: plan.alpha, iterations: plan.iterations, iteration, before });
}
