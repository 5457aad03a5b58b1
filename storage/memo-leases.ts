import { randomUUID } from 'node:crypto';
import { chunked } from './chunked';
import type { Database } from './database';
import type { Query } from './driver';

export interface LeaseOptions {
  /** Milliseconds after which the lease of a process that was killed is free; 10 s when not given. */
  leaseMs?: number | undefined;
  /** Milliseconds between renewals of the leases that are held; 3 s when not given. */
  renewEveryMs?: number | undefined;
}

const mostMet = 1_000;

/**
 * Leases on memo keys, so that of all processes only one makes a missing value.
 *
 * A lease is free when its time is over. The clock of the process that wrote that time may have been wrong, by hours even:
 * so a lease is free also when it was not renewed for its whole length, measured here on a clock that never jumps.
 */
export class MemoLeases {
  private readonly owner = randomUUID();
  private readonly held = new Set<string>();
  /** The leases of others that were met, and since when they have not changed (`performance.now()`). */
  private readonly met = new Map<string, { owner: string; expiresAt: number; sinceMs: number }>();
  private readonly leaseMs: number;
  private readonly renewEveryMs: number;
  private timer: NodeJS.Timeout | undefined;
  private renewal: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    { leaseMs = 10_000, renewEveryMs = 3_000 }: LeaseOptions,
  ) {
    this.leaseMs = leaseMs;
    this.renewEveryMs = renewEveryMs;
  }

  /** True when the key is ours now: it was free, or its owner did not renew it in time. */
  async acquire(key: string): Promise<boolean> {
    let began = performance.now();
    if (!(await this.takeFree(key)) && !(await this.takeUnrenewed(key))) return false;
    // Its end was set before the wait for the database, and may have passed.
    while (this.late(began)) {
      began = performance.now();
      const [renewed] = await this.database.write([this.extension([key])], { relaxed: true });
      if (renewed !== 1) return false;
    }
    this.met.delete(key);
    this.held.add(key);
    this.timer ??= setInterval(() => {
      this.renewal ??= this.renew();
    }, this.renewEveryMs).unref();
    return true;
  }

  private async takeFree(key: string): Promise<boolean> {
    const now = this.database.now();
    const [affected] = await this.database.write(
      [
        this.database.queries
          .insertInto('memo_leases')
          .values({ key, owner: this.owner, expires_at: now + this.leaseMs })
          .onConflict((conflict) =>
            conflict
              .column('key')
              .doUpdateSet((build) => ({
                owner: build.ref('excluded.owner'),
                expires_at: build.ref('excluded.expires_at'),
              }))
              .where('memo_leases.expires_at', '<=', now),
          ),
      ],
      { relaxed: true },
    );
    return affected === 1;
  }

  private async takeUnrenewed(key: string): Promise<boolean> {
    const { queries } = this.database;
    const [row] = await this.database.read(
      queries.selectFrom('memo_leases').where('key', '=', key).select(['owner', 'expires_at']),
    );
    if (row === undefined) return false; // Free again: the next try gets it, or finds the value.
    const { owner, expires_at: expiresAt } = row;
    const known = this.met.get(key);
    if (known === undefined || known.owner !== owner || known.expiresAt !== expiresAt) {
      // Most are never asked for again: their value came. Forgetting one that is costs it a longer wait, no more.
      if (this.met.size >= mostMet) this.met.clear();
      this.met.set(key, { owner, expiresAt, sinceMs: performance.now() });
      return false;
    }
    if (performance.now() - known.sinceMs < this.leaseMs) return false;
    const [affected] = await this.database.write(
      [
        queries
          .updateTable('memo_leases')
          .set({ owner: this.owner, expires_at: this.database.now() + this.leaseMs })
          .where('key', '=', key)
          .where('owner', '=', owner)
          .where('expires_at', '=', expiresAt),
      ],
      { relaxed: true },
    );
    return affected === 1;
  }

  /** The query that frees the key, to be part of the batch that stores its value; call `forget` after it. */
  removal(key: string): Query {
    return this.database.queries.deleteFrom('memo_leases').where('key', '=', key).where('owner', '=', this.owner);
  }

  async release(key: string): Promise<void> {
    this.forget(key);
    await this.database.write([this.removal(key)], { relaxed: true });
  }

  /** Ends the renewal of the key, and forgets who else had it. */
  forget(key: string): void {
    this.met.delete(key);
    this.held.delete(key);
    if (this.held.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private extension(keys: string[]): Query {
    return this.database.queries
      .updateTable('memo_leases')
      .set({ expires_at: this.database.now() + this.leaseMs })
      .where('owner', '=', this.owner)
      .where('key', 'in', keys);
  }

  /** Whether a write took so long (the database was away, say) that the lease in it has soon passed, or has already. */
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
