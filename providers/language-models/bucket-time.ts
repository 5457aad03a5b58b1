/** Milliseconds. A row may be this much older than the latest look at it, when its writer waited for the database. */
const longestWriteMs = 1_000;

/**
 * The time in a shared bucket. What it counts from matters to nobody: the first to look takes its own time of day, or the
 * row's where that is later; from then on time passes by a clock that never jumps. So no process that is hours ahead finds
 * the bucket full, or a closed endpoint open, each time it looks.
 */
export class BucketTime {
  private last: { version: number | undefined; time: number; atMs: number } | undefined;

  constructor(private readonly clock: () => number = () => performance.now()) {}

  /**
   * @param version of the row; undefined: there is none.
   * @param updatedAt the time in the bucket at the last change of the row.
   * @param timeOfDay of this process; only the first look depends on it.
   */
  at(version: number | undefined, updatedAt: number, timeOfDay: number): number {
    const atMs = this.clock();
    const time = this.timeOf(version, updatedAt, timeOfDay, atMs);
    this.last = { version, time, atMs };
    return time;
  }

  private timeOf(version: number | undefined, updatedAt: number, timeOfDay: number, atMs: number): number {
    if (this.last === undefined) return Math.max(timeOfDay, updatedAt);
    const passedMs = atMs - this.last.atMs;
    const own = this.last.time + passedMs;
    // Changed since the last look by one whose time is behind: it has not seen ours, which was never written.
    const isBehind = version !== this.last.version && own - updatedAt > passedMs + longestWriteMs;
    return isBehind ? updatedAt : Math.max(own, updatedAt);
  }
}
