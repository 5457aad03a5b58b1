import type { Candidate, CandidateOrigin } from '../core/preference/candidate';
import type { JsonObject } from '../core/system/json';
import { BlobStore } from './blob-store';
import { chunked } from './chunked';
import type { Database } from './database';
import { decodeJson, encodeJson } from './stored-json';
import { storedText } from './stored-text';

/** A candidate and its place among those of its input. */
export interface StoredCandidate extends Candidate {
  /** Counts the candidates of one example in one iteration. */
  candidateIndex: number;
}

/** Which candidates to read. */
export interface CandidateFilter {
  component?: string;
  iteration?: number;
  /** First and last iteration, both included. */
  iterations?: readonly [number, number];
}

/** Preference candidates with the scores of their downstream rollouts. */
export class CandidateStore {
  private readonly blobs: BlobStore;

  constructor(private readonly database: Database) {
    this.blobs = new BlobStore(database);
  }

  /** Stores all in one batch; a candidate that is there already stays as it is. */
  async putMany(runId: string, candidates: readonly StoredCandidate[]): Promise<void> {
    const encoded = candidates.map((candidate) => ({
      candidate,
      inputs: encodeJson(candidate.inputs),
      outputs: encodeJson(candidate.outputs),
    }));
    const rows = encoded.map(({ candidate, inputs, outputs }) => ({
      run_id: runId,
      iteration: candidate.iteration,
      component: candidate.component,
      example_id: candidate.exampleId,
      candidate_index: candidate.candidateIndex,
      inputs: inputs.column,
      outputs: outputs.column,
      origin: candidate.origin,
      configuration_hash: candidate.configurationHash,
      scores: JSON.stringify(candidate.scores),
      alternatives: candidate.alternatives === undefined ? null : JSON.stringify(candidate.alternatives),
      failure: storedText(candidate.failure),
    }));
    await this.database.write([
      ...this.blobs.insertions(encoded.flatMap(({ inputs, outputs }) => [...inputs.blobs, ...outputs.blobs])),
      ...chunked(rows, 100).map((chunk) =>
        this.database.queries
          .insertInto('candidates')
          .values(chunk)
          .onConflict((conflict) => conflict.doNothing()),
      ),
    ]);
  }

  /** The newest iteration below `before` that has any of a component. */
  async newestIteration(runId: string, component: string, before: number): Promise<number | undefined> {
    const [newest] = await this.database.read(
      this.database.queries
        .selectFrom('candidates')
        .where('run_id', '=', runId)
        .where('component', '=', component)
        .where('iteration', '<', before)
        .orderBy('iteration', 'desc')
        .limit(1)
        .select('iteration'),
    );
    return newest?.iteration;
  }

  /** Those of that iteration; ordered by example id and index. */
  async listNewest(runId: string, component: string, before: number): Promise<StoredCandidate[]> {
    const iteration = await this.newestIteration(runId, component, before);
    return iteration === undefined ? [] : this.list(runId, { component, iteration });
  }

  /**
   * Those of a component up to `iteration` from its newest iterations, as many whole ones as it takes to have `enough`;
   * ordered by iteration, example id and index. What a long run reads of its past thereby stays the same size.
   */
  async listRecent(runId: string, component: string, iteration: number, enough: number): Promise<StoredCandidate[]> {
    const counts = await this.database.read(
      this.database.queries
        .selectFrom('candidates')
        .where('run_id', '=', runId)
        .where('component', '=', component)
        .where('iteration', '<=', iteration)
        .groupBy('iteration')
        .orderBy('iteration', 'desc')
        .select(({ fn }) => ['iteration', fn.countAll().as('count')]),
    );
    let total = 0;
    const oldest = counts.find(({ count }) => (total += Number(count)) >= enough) ?? counts.at(-1);
    return oldest === undefined ? [] : this.list(runId, { component, iterations: [oldest.iteration, iteration] });
  }

  /** Ordered by component, iteration, example id and index. */
  async list(runId: string, filter: CandidateFilter = {}): Promise<StoredCandidate[]> {
    let query = this.database.queries
      .selectFrom('candidates')
      .where('run_id', '=', runId)
      .orderBy('component')
      .orderBy('iteration')
      .orderBy('example_id')
      .orderBy('candidate_index')
      .selectAll();
    if (filter.component !== undefined) query = query.where('component', '=', filter.component);
    if (filter.iteration !== undefined) query = query.where('iteration', '=', filter.iteration);
    if (filter.iterations !== undefined) {
      const [first, last] = filter.iterations;
      query = query.where('iteration', '>=', first).where('iteration', '<=', last);
    }
    const rows = await this.database.read(query);
    const values = await decodeJson(
      this.blobs,
      rows.flatMap((row) => [row.inputs, row.outputs]),
    );
    return rows.map((row, index) => ({
      iteration: row.iteration,
      component: row.component,
      exampleId: row.example_id,
      candidateIndex: row.candidate_index,
      inputs: values[index * 2] as JsonObject,
      outputs: values[index * 2 + 1] as JsonObject,
      origin: row.origin as CandidateOrigin,
      configurationHash: row.configuration_hash,
      scores: JSON.parse(row.scores) as number[],
      ...(row.alternatives !== null && { alternatives: JSON.parse(row.alternatives) as Record<string, number> }),
      ...(row.failure !== null && { failure: row.failure }),
    }));
  }
}
