interface Look {
  dueMs: number;
  atMs: number;
  leases: Map<string, { expiresAt: number; unrenewedMs: number }>;
}

/**
 * Tells which leases their owners renew no more, whatever the clocks of those owners say: `expires_at` is only something
 * that each renewal changes. Time is measured by looking again and again, on a clock that never jumps. A long time between
 * two looks counts as a quarter of a lease: the database may have been away, or this process may have stood still, and
 * then the owners get a chance to renew.
 */
export class LeaseWatch {
  private readonly looks = new Map<string, Look>();

  constructor(
    private readonly leaseMs: number,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** True, ten times per lease at most, when it is time to look at this group again. */
  due(group: string): boolean {
    const dueMs = this.clock();
    const last = this.looks.get(group);
    if (last === undefined) {
      for (const [other, look] of this.looks) if (dueMs - look.dueMs > this.leaseMs) this.looks.delete(other);
    } else if (dueMs - last.dueMs < this.leaseMs / 10) return false;
    this.looks.set(group, { atMs: last?.atMs ?? dueMs, leases: last?.leases ?? new Map(), dueMs });
    return true;
  }

  /** Takes in all leases of a group as they are now. @returns those that were not renewed for their whole length. */
  unrenewed<Lease extends { id: string; expires_at: number }>(group: string, leases: readonly Lease[]): Lease[] {
    const atMs = this.clock();
    const last = this.looks.get(group);
    const passedMs = last === undefined ? 0 : Math.min(atMs - last.atMs, this.leaseMs / 4);
    const seen: Look['leases'] = new Map();
    for (const { id, expires_at: expiresAt } of leases) {
      const known = last?.leases.get(id);
      seen.set(id, { expiresAt, unrenewedMs: known?.expiresAt === expiresAt ? known.unrenewedMs + passedMs : 0 });
    }
    this.looks.set(group, { dueMs: last?.dueMs ?? atMs, atMs, leases: seen });
    return leases.filter(({ id }) => (seen.get(id)?.unrenewedMs ?? 0) >= this.leaseMs);
  }
}
