import type { CallRate } from '../core/run/call-rate';
import type { Database } from './database';

/** Call rates by endpoint, changed by compare-and-swap: whoever read an older version has to read again. */
export class CallRateStore {
  constructor(private readonly database: Database) {}

  now(): number {
    return this.database.now();
  }

  /** Undefined for an endpoint whose rate was never limited. */
  async read(endpoint: string): Promise<{ version: number; rate: CallRate } | undefined> {
    const [row] = await this.database.read(
      this.database.queries.selectFrom('call_rates').where('endpoint', '=', endpoint).selectAll(),
    );
    if (row === undefined) return undefined;
    return {
      version: row.version,
      rate: {
        requestsAt: row.requests_at,
        tokensAt: row.tokens_at,
        closedUntil: row.closed_until,
        reducedRate: row.reduced_rate,
        ceiling: row.ceiling,
        reducedAt: row.reduced_at,
        updatedAt: row.updated_at,
      },
    };
  }

  /** False when the row is not at `version` any more (undefined: there is none yet); nothing is changed then. */
  async replace(endpoint: string, version: number | undefined, rate: CallRate): Promise<boolean> {
    const { queries } = this.database;
    const row = {
      requests_at: rate.requestsAt,
      tokens_at: rate.tokensAt,
      closed_until: rate.closedUntil,
      reduced_rate: rate.reducedRate,
      ceiling: rate.ceiling,
      reduced_at: rate.reducedAt,
      updated_at: rate.updatedAt,
    };
    const query =
      version === undefined
        ? queries
            .insertInto('call_rates')
            .values({ endpoint, version: 1, ...row })
            .onConflict((conflict) => conflict.column('endpoint').doNothing())
        : queries
            .updateTable('call_rates')
            .set({ version: version + 1, ...row })
            .where('endpoint', '=', endpoint)
            .where('version', '=', version);
    const [changed] = await this.database.write([query], { relaxed: true });
    return changed === 1;
  }
}
