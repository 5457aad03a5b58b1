import type { Database } from './database';
import type { Query } from './driver';

/** Named counts by run. */
export class CounterStore {
  constructor(private readonly database: Database) {}

  async add(runId: string, name: string, amount: number): Promise<void> {
    await this.database.write([this.addition(runId, name, amount)]);
  }

  /** The query of `add`, to be part of a larger batch. */
  addition(runId: string, name: string, amount: number): Query {
    return this.database.queries
      .insertInto('counters')
      .values({ run_id: runId, name, value: amount })
      .onConflict((conflict) =>
        conflict.columns(['run_id', 'name']).doUpdateSet((build) => ({
          value: build('counters.value', '+', build.ref('excluded.value')),
        })),
      );
  }

  /** All counts of a run by name. */
  async all(runId: string): Promise<Record<string, number>> {
    const rows = await this.database.read(
      this.database.queries
        .selectFrom('counters')
        .where('run_id', '=', runId)
        .orderBy('name')
        .select(['name', 'value']),
    );
    return Object.fromEntries(rows.map((row) => [row.name, row.value]));
  }
}
