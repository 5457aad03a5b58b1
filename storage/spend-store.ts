import { randomUUID } from 'node:crypto';
import type { Usage } from '../core/system/run-context';
import type { Database } from './database';
import type { Query } from './driver';

/** What one thing really cost when it was made; memo hits spend nothing. */
export interface Spend {
  runId: string;
  /** What was made: 'chat', 'embedding', 'component'... */
  kind: string;
  /** For whom: a component's name, 'proposer', 'metric'... */
  role: string;
  model?: string | undefined;
  /** Model calls made. */
  calls: number;
  usage: Usage;
}

export interface SpendTotals extends Usage {
  /** Things made: for kind 'component' the component calls that were really run. */
  entries: number;
  /** Model calls made. */
  calls: number;
}

export interface SpendLine extends SpendTotals {
  kind: string;
  role: string;
  model: string | undefined;
}

const sums = ['entries', 'calls', 'prompt_tokens', 'completion_tokens', 'usd', 'latency_ms'] as const;

/** Calls, tokens, money (US dollars) and time (milliseconds) by run. */
export class SpendStore {
  constructor(private readonly database: Database) {}

  /** @param also what else is written in the same transaction: the end of a reservation, say. */
  async add(spend: Spend, also: readonly Query[] = []): Promise<void> {
    await this.database.write([...this.insertions(spend), ...also]);
  }

  /** The queries of `add`, to be part of a larger batch. */
  insertions({ runId, kind, role, model, calls, usage }: Spend): Query[] {
    const { queries } = this.database;
    const amounts = {
      calls,
      prompt_tokens: usage.promptTokens,
      completion_tokens: usage.completionTokens,
      usd: usage.usd,
      latency_ms: usage.latencyMs,
    };
    const row = { run_id: runId, kind, role, ...amounts };
    return [
      queries.insertInto('spend').values({ ...row, id: randomUUID(), model: model ?? null, at: this.database.now() }),
      queries
        .insertInto('spend_totals')
        .values({ ...row, model: model ?? '', entries: 1 })
        .onConflict((conflict) =>
          conflict
            .columns(['run_id', 'kind', 'role', 'model'])
            .doUpdateSet((build) =>
              Object.fromEntries(
                sums.map((sum) => [sum, build(`spend_totals.${sum}`, '+', build.ref(`excluded.${sum}`))]),
              ),
            ),
        ),
    ];
  }

  /** Sums over a run, or over one kind of thing made for it; zeros for a run that spent nothing. */
  async totals(runId: string, kind?: string): Promise<SpendTotals> {
    const total: SpendTotals = { entries: 0, calls: 0, promptTokens: 0, completionTokens: 0, usd: 0, latencyMs: 0 };
    for (const line of await this.breakdown(runId)) {
      if (kind !== undefined && line.kind !== kind) continue;
      total.entries += line.entries;
      total.calls += line.calls;
      total.promptTokens += line.promptTokens;
      total.completionTokens += line.completionTokens;
      total.usd += line.usd;
      total.latencyMs += line.latencyMs;
    }
    return total;
  }

  /** Sums by kind, role and model, in that order. */
  async breakdown(runId: string): Promise<SpendLine[]> {
    const rows = await this.database.read(
      this.database.queries
        .selectFrom('spend_totals')
        .where('run_id', '=', runId)
        .orderBy('kind')
        .orderBy('role')
        .orderBy('model')
        .selectAll(),
    );
    return rows.map((row) => ({
      kind: row.kind,
      role: row.role,
      model: row.model === '' ? undefined : row.model,
      entries: row.entries,
      calls: row.calls,
      promptTokens: row.prompt_tokens,
      completionTokens: row.completion_tokens,
      usd: row.usd,
      latencyMs: row.latency_ms,
    }));
  }
}
