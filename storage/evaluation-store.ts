import type { OnConflictBuilder } from 'kysely';
import type { Purpose } from '../core/system/draw';
import type { ExampleScore } from '../core/system/trace';
import { chunked } from './chunked';
import type { Database } from './database';
import { storedText } from './stored-text';
import type { Tables } from './tables';

/** Which measurements belong together: one configuration, for one purpose, in one iteration. */
export interface EvaluationKey {
  runId: string;
  purpose: Purpose;
  /** -1 before the first iteration. */
  iteration: number;
  configurationHash: string;
}

/** One example's score under one draw. */
export interface Evaluation extends ExampleScore {
  drawIndex: number;
  /** SHA-256 of the blob that holds the example's trace. */
  traceBlob?: string;
}

const measured = ['score', 'sub_scores', 'feedback', 'failure', 'trace_blob'] as const;

function replaceFailed(conflict: OnConflictBuilder<Tables, 'evaluations'>) {
  return conflict
    .columns(['run_id', 'purpose', 'iteration', 'configuration_hash', 'example_id', 'draw_index'])
    .doUpdateSet((build) => Object.fromEntries(measured.map((name) => [name, build.ref(`excluded.${name}`)])))
    .where('evaluations.failure', 'is not', null);
}

/** Scores by run, purpose, iteration, configuration, example and draw. */
export class EvaluationStore {
  constructor(private readonly database: Database) {}

  /**
   * Stores all in one batch. A measurement that is there already stays: measuring again needs a new draw. With
   * `replaceFailures` those stay that did not fail.
   */
  async putMany(
    key: EvaluationKey,
    evaluations: readonly Evaluation[],
    { replaceFailures = false }: { replaceFailures?: boolean } = {},
  ): Promise<void> {
    const rows = evaluations.map((evaluation) => ({
      run_id: key.runId,
      purpose: key.purpose,
      iteration: key.iteration,
      configuration_hash: key.configurationHash,
      example_id: evaluation.exampleId,
      draw_index: evaluation.drawIndex,
      score: evaluation.score,
      sub_scores: evaluation.subScores === undefined ? null : JSON.stringify(evaluation.subScores),
      feedback: storedText(evaluation.feedback),
      failure: storedText(evaluation.failure),
      trace_blob: evaluation.traceBlob ?? null,
    }));
    await this.database.write(
      chunked(rows, 100).map((chunk) =>
        this.database.queries
          .insertInto('evaluations')
          .values(chunk)
          .onConflict((conflict) => (replaceFailures ? replaceFailed(conflict) : conflict.doNothing())),
      ),
    );
  }

  /** Ordered by example id, then draw. */
  list(key: EvaluationKey): Promise<Evaluation[]> {
    return this.select(key, '=');
  }

  /** Those of the key's iteration and of all before it, ordered by iteration, example id and draw. */
  listThrough(key: EvaluationKey): Promise<Evaluation[]> {
    return this.select(key, '<=');
  }

  private async select(key: EvaluationKey, iterations: '=' | '<='): Promise<Evaluation[]> {
    const rows = await this.database.read(
      this.database.queries
        .selectFrom('evaluations')
        .where('run_id', '=', key.runId)
        .where('purpose', '=', key.purpose)
        .where('iteration', iterations, key.iteration)
        .where('configuration_hash', '=', key.configurationHash)
        .orderBy('iteration')
        .orderBy('example_id')
        .orderBy('draw_index')
        .selectAll(),
    );
    return rows.map((row) => ({
      exampleId: row.example_id,
      drawIndex: row.draw_index,
      score: row.score,
      ...(row.sub_scores !== null && { subScores: JSON.parse(row.sub_scores) as Record<string, number> }),
      ...(row.feedback !== null && { feedback: row.feedback }),
      ...(row.failure !== null && { failure: row.failure }),
      ...(row.trace_blob !== null && { traceBlob: row.trace_blob }),
    }));
  }
}
