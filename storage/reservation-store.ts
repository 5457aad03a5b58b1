import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Limits, Spend } from '../core/run/budget';
import { chunked } from './chunked';
import type { Database } from './database';
import { delay } from './delay';
import type { Query } from './driver';
import type { LeaseOptions } from './memo-leases';
import { ReleaseSignal } from './release-signal';

const amounts = ['calls', 'tokens', 'usd'] as const;
/** Sums of dollars differ in their last digits by the order of their terms; far below any price. */
const rounding = 1e-9;

/** Part of a run's limits, held back for one call in flight. */
export interface Reservation {
  /** The query that ends it, to be part of the batch that stores what the call really cost; call `forget` after it. */
  settlement: Query;
  /** Ends the renewal of its lease. */
  forget(): void;
  /** Ends it without a cost: the call failed. */
  release(): Promise<void>;
}

/**
 * The worst cases of the calls in flight, by run. A reservation is made only if it fits into the limits together with
 * what is spent and what others hold, in one statement: callers in any number of processes never exceed a limit together.
 * Reservations are leases: those of a process that was killed end by themselves, after 30 s unless the options say
 * otherwise. That is long, because a process that only stood still for as long would spend on money that others were given.
 */
export class ReservationStore {
  private readonly owner = randomUUID();
  private readonly held = new Set<string>();
  private readonly released = new ReleaseSignal();
  private readonly leaseMs: number;
  private readonly renewEveryMs: number;
  private timer: NodeJS.Timeout | undefined;
  private renewal: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    { leaseMs = 30_000, renewEveryMs = 3_000 }: LeaseOptions = {},
  ) {
    this.leaseMs = leaseMs;
    this.renewEveryMs = renewEveryMs;
  }

  /** Undefined when it does not fit now, or when an amount of `limits.pauseAbove` is reached. */
  async tryReserve(runId: string, worst: Spend, limits: Limits): Promise<Reservation | undefined> {
    const { queries } = this.database;
    const id = randomUUID();
    const now = this.database.now();
    const [, inserted] = await this.database.write(
      [
        queries.deleteFrom('reservations').where('run_id', '=', runId).where('expires_at', '<=', now),
        queries
          .insertInto('reservations')
          .columns(['id', 'run_id', 'owner', 'expires_at', 'calls', 'tokens', 'usd'])
          .expression(
            queries
              .selectNoFrom(({ cast, val }) => [
                cast<string>(val(id), 'text').as('id'),
                cast<string>(val(runId), 'text').as('run_id'),
                cast<string>(val(this.owner), 'text').as('owner'),
                cast<number>(val(now + this.leaseMs), 'bigint').as('expires_at'),
                cast<number>(val(worst.calls), 'bigint').as('calls'),
                cast<number>(val(worst.tokens), 'bigint').as('tokens'),
                cast<number>(val(worst.usd), 'double precision').as('usd'),
              ])
              .where(({ and }) => and(this.conditions(runId, worst, limits))),
          ),
      ],
      { relaxed: true },
    );
    if (inserted !== 1) return undefined;
    this.hold(id);
    return {
      settlement: this.removal(id),
      forget: () => this.forget(id),
      release: async () => {
        await this.database.write([this.removal(id)], { relaxed: true });
        this.forget(id);
      },
    };
  }

  /** What the run's calls in flight hold back; leases that have run out do not count. */
  async reserved(runId: string): Promise<Spend> {
    const [row] = await this.database.read(
      this.database.queries
        .selectFrom('reservations')
        .where('run_id', '=', runId)
        .where('expires_at', '>', this.database.now())
        .select(amounts.map((amount) => sql<number>`coalesce(sum(${sql.ref(amount)}), 0)`.as(amount))),
    );
    return { calls: Number(row?.calls), tokens: Number(row?.tokens), usd: Number(row?.usd) };
  }

  /** Waits until a reservation of this process ends, or for `milliseconds`: those of other processes cannot tell. */
  async untilReleased(milliseconds: number, signal: AbortSignal): Promise<void> {
    const cut = new AbortController();
    const stop = (): void => cut.abort();
    const forgetWait = this.released.onNext(stop);
    signal.addEventListener('abort', stop, { once: true });
    try {
      await delay(milliseconds, cut.signal).catch(() => undefined);
    } finally {
      forgetWait();
      signal.removeEventListener('abort', stop);
    }
    signal.throwIfAborted();
  }

  /** Ends all reservations of a run that makes no more calls. @returns how many there were. */
  async clear(runId: string): Promise<number> {
    const [removed] = await this.database.write([
      this.database.queries.deleteFrom('reservations').where('run_id', '=', runId),
    ]);
    return removed ?? 0;
  }

  private conditions(runId: string, worst: Spend, { pauseAbove = {}, ...limits }: Limits) {
    const spent = {
      calls: sql`calls`,
      tokens: sql`prompt_tokens + completion_tokens`,
      usd: sql`usd`,
    };
    return amounts.flatMap((amount) => {
      const paid = sql`(select coalesce(sum(${spent[amount]}), 0) from spend_totals where run_id = ${runId} and kind <> 'component')`;
      const held = sql`(select coalesce(sum(${sql.ref(amount)}), 0) from reservations where run_id = ${runId})`;
      const limit = limits[amount];
      const threshold = pauseAbove[amount];
      return [
        ...(limit === undefined
          ? []
          : [
              sql<boolean>`${paid} + ${held} + cast(${worst[amount]} as double precision) <= cast(${limit + rounding} as double precision)`,
            ]),
        ...(threshold === undefined ? [] : [sql<boolean>`${paid} < cast(${threshold} as double precision)`]),
      ];
    });
  }

  private removal(id: string): Query {
    return this.database.queries.deleteFrom('reservations').where('id', '=', id);
  }

  private hold(id: string): void {
    this.held.add(id);
    this.timer ??= setInterval(() => {
      this.renewal ??= this.renew();
    }, this.renewEveryMs).unref();
  }

  private forget(id: string): void {
    this.held.delete(id);
    this.released.announce();
    if (this.held.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private async renew(): Promise<void> {
    try {
      await this.database.write(
        chunked([...this.held], 500).map((ids) =>
          this.database.queries
            .updateTable('reservations')
            .set({ expires_at: this.database.now() + this.leaseMs })
            .where('id', 'in', ids),
        ),
        { relaxed: true },
      );
    } catch {
      // Tried again at the next renewal; a database that stays away fails loudly when the call is stored.
    } finally {
      this.renewal = undefined;
    }
  }
}
