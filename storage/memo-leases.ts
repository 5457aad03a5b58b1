import { randomUUID } from 'node:crypto';
import { chunked } from './chunked';
import type { Database } from './database';
import type { Query } from './driver';
import { LeaseWatch } from './lease-watch';

export interface LeaseOptions {
  /** Milliseconds without a renewal after which others take a lease for one of a killed process; 10 s when not given. */
  leaseMs?: number | undefined;
  /** Milliseconds between renewals of the leases that are held; 3 s when not given. */
  renewEveryMs?: number | undefined;
}

/** Of all leases on memo keys: they are looked at together. */
const allKeys = 'memo';

/**
 * Leases on memo keys, so that of all processes only one makes a missing value.
 *
 * Each process judges by its own clock, one that never jumps, which leases are not renewed any more, and removes them
 * (`lease-watch.ts`): times of day do not matter. It looks only while it waits for a value. The first look sees the leases
 * on all keys, so that everything that one killed process was making is free at the same time.
 */
export class MemoLeases {
  private readonly owner = randomUUID();
  private readonly held = new Set<string>();
  private readonly watch: LeaseWatch;
  private readonly leaseMs: number;
  private readonly renewEveryMs: number;
  private latestExpiry = 0;
  private timer: NodeJS.Timeout | undefined;
  private renewal: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    { leaseMs = 10_000, renewEveryMs = 3_000 }: LeaseOptions,
  ) {
    this.leaseMs = leaseMs;
    this.renewEveryMs = renewEveryMs;
    this.watch = new LeaseWatch(leaseMs);
  }

  /** True when the key is ours now: it was free, or its owner did not renew it in time. */
  async acquire(key: string): Promise<boolean> {
    let began = performance.now();
    if (!(await this.take(key))) {
      if (!(await this.removeUnrenewed())) return false;
      began = performance.now();
      if (!(await this.take(key))) return false;
    }
    // Others may have seen it unrenewed for too long, when the answer of the database was late.
    while (this.late(began)) {
      began = performance.now();
      const [renewed] = await this.database.write([this.extension([key])], { relaxed: true });
      if (renewed !== 1) return false;
    }
    this.held.add(key);
    this.timer ??= setInterval(() => {
      this.renewal ??= this.renew();
    }, this.renewEveryMs).unref();
    return true;
  }

  private async take(key: string): Promise<boolean> {
    const [affected] = await this.database.write(
      [
        this.database.queries
          .insertInto('memo_leases')
          .values({ key, owner: this.owner, expires_at: this.nextExpiry() })
          .onConflict((conflict) => conflict.column('key').doNothing()),
      ],
      { relaxed: true },
    );
    return affected === 1;
  }

  /** Removes what other processes hold and renew no more, and what is left of this one's. @returns whether it did any. */
  private async removeUnrenewed(): Promise<boolean> {
    if (!this.watch.due(allKeys)) return false;
    const { queries } = this.database;
    const rows = await this.database.read(queries.selectFrom('memo_leases').select(['key', 'owner', 'expires_at']));
    const others = rows
      .filter(({ key }) => !this.held.has(key))
      .map((row) => ({ ...row, id: `${row.owner} ${row.key}` }));
    const removed = await this.database.write(
      this.watch
        .unrenewed(allKeys, others)
        .map(({ key, owner, expires_at: expiry }) =>
          queries
            .deleteFrom('memo_leases')
            .where('key', '=', key)
            .where('owner', '=', owner)
            .where('expires_at', '=', expiry),
        ),
      { relaxed: true },
    );
    return removed.some((count) => count > 0);
  }

  /** Another one each time, also when the clock is set back: by that a renewal is seen. */
  private nextExpiry(): number {
    return (this.latestExpiry = Math.max(this.latestExpiry + 1, this.database.now() + this.leaseMs));
  }

  /** The query that frees the key, to be part of the batch that stores its value; call `forget` after it. */
  removal(key: string): Query {
    return this.database.queries.deleteFrom('memo_leases').where('key', '=', key).where('owner', '=', this.owner);
  }

  async release(key: string): Promise<void> {
    this.forget(key);
    await this.database.write([this.removal(key)], { relaxed: true });
  }

  /** Ends the renewal of the key. */
  forget(key: string): void {
    this.held.delete(key);
    if (this.held.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private extension(keys: string[]): Query {
    return this.database.queries
      .updateTable('memo_leases')
      .set({ expires_at: this.nextExpiry() })
      .where('owner', '=', this.owner)
      .where('key', 'in', keys);
  }

  /** Whether a write took so long (the database was away, say) that to others the lease in it looks left behind, or soon will. */
  private late(began: number): boolean {
    return performance.now() - began > this.leaseMs / 2;
  }

  private async renew(): Promise<void> {
    try {
      let began: number;
      do {
        began = performance.now();
        await this.database.write(
          chunked([...this.held], 500).map((keys) => this.extension(keys)),
          { relaxed: true },
        );
      } while (this.late(began));
    } catch {
      // A lost lease costs at worst a second call; whatever fails here fails loudly when the value is stored.
    } finally {
      this.renewal = undefined;
    }
  }
}
