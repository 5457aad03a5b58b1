import type { ActivityDependencies } from './dependencies';

/** Scores by example id of one configuration on this iteration's validation examples. */
export async function validationScores(
  { stores }: ActivityDependencies,
  { runId, iteration }: { runId: string; iteration: number },
  configurationHash: string,
  ids: readonly string[],
): Promise<Map<string, number>> {
  const evaluations = await stores.evaluations.list({ runId, purpose: 'validation', iteration, configurationHash });
  const wanted = new Set(ids);
  return new Map(evaluations.filter((item) => wanted.has(item.exampleId)).map((item) => [item.exampleId, item.score]));
}
