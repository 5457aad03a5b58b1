import type { LocalStep } from '../contracts';
import type { ActivityDependencies } from '../dependencies';
import { tracesOf, type TracedEvaluation } from '../traces';

/** Training traces under the incumbent, also from earlier iterations that measured the same configuration. */
export async function incumbentTraces(
  { stores }: ActivityDependencies,
  { runId, iteration, configurationHash }: LocalStep,
): Promise<Map<string, TracedEvaluation>> {
  // Of an example that several iterations traced, the newest trace is kept.
  return tracesOf(
    stores,
    await stores.evaluations.listThrough({ runId, purpose: 'preference', iteration, configurationHash }),
  );
}
