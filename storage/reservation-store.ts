import { randomUUID } from 'node:crypto';
import { sql, type Expression, type SqlBool } from 'kysely';
import type { Limits, Spend } from '../core/run/budget';
import { chunked } from './chunked';
import type { Database } from './database';
import { delay } from './delay';
import type { Query } from './driver';
import { LeaseWatch } from './lease-watch';
import type { LeaseOptions } from './memo-leases';
import { ReleaseSignal } from './release-signal';

const amounts = ['calls', 'tokens', 'usd'] as const;
/** Sums of dollars differ in their last digits by the order of their terms; far below any price. */
const rounding = 1e-9;

/** What a call holds back, and of which run's limits. */
interface Held {
  runId: string;
  worst: Spend;
}

/** Part of a run's limits, held back for one call in flight. */
export interface Reservation {
  /**
   * The query that ends it, to be part of the batch that stores what the call really cost; call `forget` after it. From the
   * moment at which it is compiled the lease is not renewed any more.
   */
  settlement: Query;
  /** Ends the renewal of its lease, and tells those who wait. */
  forget(): void;
  /** Ends it without a cost: the call failed. */
  release(): Promise<void>;
}

/**
 * The worst cases of the calls in flight, by run. A reservation is made only if it fits into the limits together with
 * what is spent and what others hold, in one statement: callers in any number of processes never exceed a limit together.
 * Reservations are leases: those of a process that was killed are removed by others who need room, when they were not
 * renewed for 30 s (unless the options say otherwise), whatever any clock says. That is long, because a process that only
 * stood still for as long would spend on money that others were given; a renewal puts back what was removed meanwhile.
 */
export class ReservationStore {
  private readonly owner = randomUUID();
  /** What this process renews. */
  private readonly held = new Map<string, Held>();
  /** What it is about to end: a renewal would bring it back. */
  private readonly ending = new Set<string>();
  private readonly watch: LeaseWatch;
  private readonly released = new ReleaseSignal();
  private readonly leaseMs: number;
  private readonly renewEveryMs: number;
  private latestExpiry = 0;
  private timer: NodeJS.Timeout | undefined;
  private renewal: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    { leaseMs = 30_000, renewEveryMs = 3_000 }: LeaseOptions = {},
  ) {
    this.leaseMs = leaseMs;
    this.renewEveryMs = renewEveryMs;
    this.watch = new LeaseWatch(leaseMs);
  }

  /** Undefined when it does not fit now, when an amount of `limits.pauseAbove` is reached, or when the run has ended. */
  async tryReserve(runId: string, worst: Spend, limits: Limits): Promise<Reservation | undefined> {
    if (amounts.some((amount) => limits[amount] !== undefined)) await this.removeUnrenewed(runId);
    const id = randomUUID();
    // Not relaxed: what a server that is killed forgets of it would be handed out a second time.
    const [inserted] = await this.database.write([
      this.insertion(id, { runId, worst }, this.nextExpiry(), this.conditions(runId, worst, limits)),
    ]);
    if (inserted !== 1) return undefined;
    this.hold(id, { runId, worst });
    this.released.announce(runId);
    const settlement: Query = {
      compile: () => {
        this.end(id);
        return this.removal(id).compile();
      },
    };
    const forget = (): void => {
      this.end(id);
      this.ending.delete(id);
      this.released.announce(runId);
    };
    return {
      settlement,
      forget,
      release: () => this.database.write([settlement], { relaxed: true }).then(forget),
    };
  }

  /** What the run's calls in flight hold back, those of a process that was killed included until they are removed. */
  async reserved(runId: string): Promise<Spend> {
    const [row] = await this.database.read(
      this.database.queries
        .selectFrom('reservations')
        .where('run_id', '=', runId)
        .select(amounts.map((amount) => sql<number>`coalesce(sum(${sql.ref(amount)}), 0)`.as(amount))),
    );
    return { calls: Number(row?.calls), tokens: Number(row?.tokens), usd: Number(row?.usd) };
  }

  /** Waits for a reservation of the run in this process to end, or for `milliseconds`: other processes cannot tell. */
  async untilReleased(runId: string, milliseconds: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const cut = new AbortController();
    const stop = (): void => cut.abort();
    let woken = false;
    const forgetWait = this.released.onNext(runId, () => {
      woken = true;
      stop();
    });
    signal.addEventListener('abort', stop, { once: true });
    try {
      await delay(milliseconds, cut.signal).catch(() => undefined);
    } finally {
      forgetWait();
      signal.removeEventListener('abort', stop);
    }
    // One that leaves hands on what it was woken for.
    if (signal.aborted && woken) this.released.announce(runId);
    signal.throwIfAborted();
  }

  /** Whether the run's result is written: nothing is reserved for it any more. */
  async ended(runId: string): Promise<boolean> {
    const rows = await this.database.read(this.results(runId));
    return rows.length > 0;
  }

  /** How many reservations a run has, those that nobody renews any more included. */
  async count(runId: string): Promise<number> {
    const [row] = await this.database.read(
      this.database.queries
        .selectFrom('reservations')
        .where('run_id', '=', runId)
        .select((build) => build.fn.countAll<number>().as('count')),
    );
    return Number(row?.count ?? 0);
  }

  /** Ends all reservations of a run that makes no more calls. @returns how many there were. */
  async clear(runId: string): Promise<number> {
    for (const [id, held] of this.held) if (held.runId === runId) this.end(id);
    const [removed] = await this.database.write([
      this.database.queries.deleteFrom('reservations').where('run_id', '=', runId),
    ]);
    return removed ?? 0;
  }

  /** Holds it back where the conditions hold, and never for a run that has ended: nobody would let it go again. */
  private insertion(id: string, { runId, worst }: Held, expiry: number, conditions: Expression<SqlBool>[] = []) {
    const { queries } = this.database;
    return queries
      .insertInto('reservations')
      .columns(['id', 'run_id', 'owner', 'expires_at', 'calls', 'tokens', 'usd'])
      .expression(
        queries
          .selectNoFrom(({ cast, val }) => [
            cast<string>(val(id), 'text').as('id'),
            cast<string>(val(runId), 'text').as('run_id'),
            cast<string>(val(this.owner), 'text').as('owner'),
            cast<number>(val(expiry), 'bigint').as('expires_at'),
            cast<number>(val(worst.calls), 'bigint').as('calls'),
            cast<number>(val(worst.tokens), 'bigint').as('tokens'),
            cast<number>(val(worst.usd), 'double precision').as('usd'),
          ])
          .where(({ and, exists, not }) => and([not(exists(this.results(runId))), ...conditions])),
      )
      .onConflict((conflict) => conflict.column('id').doNothing());
  }

  private results(runId: string) {
    return this.database.queries
      .selectFrom('runs')
      .where('run_id', '=', runId)
      .where('result', 'is not', null)
      .select('run_id');
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

  /** Removes what other processes hold of the run and renew no more, and what is left of this one's. */
  private async removeUnrenewed(runId: string): Promise<void> {
    if (!this.watch.due(runId)) return;
    const { queries } = this.database;
    const rows = await this.database.read(
      queries.selectFrom('reservations').where('run_id', '=', runId).select(['id', 'expires_at']),
    );
    const others = rows.filter(({ id }) => !this.held.has(id) && !this.ending.has(id));
    await this.database.write(
      this.watch
        .unrenewed(runId, others)
        .map((row) =>
          queries.deleteFrom('reservations').where('id', '=', row.id).where('expires_at', '=', row.expires_at),
        ),
    );
  }

  /** Another one each time, also when the clock is set back: by that a renewal is seen. */
  private nextExpiry(): number {
    return (this.latestExpiry = Math.max(this.latestExpiry + 1, this.database.now() + this.leaseMs));
  }

  private hold(id: string, reservation: Held): void {
    this.held.set(id, reservation);
    this.timer ??= setInterval(() => {
      this.renewal ??= this.renew();
    }, this.renewEveryMs).unref();
  }

  private end(id: string): void {
    if (!this.held.delete(id)) return;
    this.ending.add(id);
    if (this.held.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /**
   * Puts back also what others have removed: this process makes those calls, and the limits must count them. Not those of
   * a run that has ended meanwhile, for which it may go on while it is cut off from Temporal.
   */
  private async renew(): Promise<void> {
    const expiry = this.nextExpiry();
    const ids = [...this.held.keys()];
    try {
      const renewed = await this.database.write(
        chunked(ids, 500).map((some) =>
          this.database.queries.updateTable('reservations').set({ expires_at: expiry }).where('id', 'in', some),
        ),
        { relaxed: true },
      );
      if (renewed.reduce((sum, count) => sum + count, 0) === ids.length) return;
      const kept = [...this.held].filter(([id]) => ids.includes(id));
      await this.database.write(
        kept.map(([id, held]) => this.insertion(id, held, expiry)),
        { relaxed: true },
      );
    } catch {
      // Tried again at the next renewal; a database that stays away fails loudly when the call is stored.
    } finally {
      this.renewal = undefined;
    }
  }
}
