import type { ExampleTrace } from '../core/system/trace';
import type { Evaluation, Stores } from '../storage';
import type { Purpose } from '../core/system/draw';

/** A stored measurement with its trace. */
export interface TracedEvaluation {
  evaluation: Evaluation;
  trace: ExampleTrace;
}

/** Traces that `evaluate` stored, by example id. */
export async function loadTraces(
  stores: Stores,
  key: { runId: string; purpose: Purpose; iteration: number; configurationHash: string },
): Promise<Map<string, TracedEvaluation>> {
  return tracesOf(stores, await stores.evaluations.list(key));
}

/** The traces of measurements that have been read already, by example id: of several of one example, the last. */
export async function tracesOf(
  stores: Stores,
  evaluations: readonly Evaluation[],
): Promise<Map<string, TracedEvaluation>> {
  const last = [...new Map(evaluations.map((evaluation) => [evaluation.exampleId, evaluation])).values()];
  const blobs = await stores.blobs.getMany(last.flatMap((evaluation) => evaluation.traceBlob ?? []));
  return new Map(
    last.flatMap((evaluation) => {
      const bytes = blobs.get(evaluation.traceBlob ?? '');
      if (bytes === undefined) return [];
      return [
        [evaluation.exampleId, { evaluation, trace: JSON.parse(new TextDecoder().decode(bytes)) as ExampleTrace }],
      ];
    }),
  );
}
