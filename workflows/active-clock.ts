import { condition } from '@temporalio/workflow';

/** Measures the milliseconds during which a run is not paused, on the workflow's deterministic clock. */
export class ActiveClock {
  private since: number | null = Date.now();
  private changes = 0;
  private ended = false;

  constructor(private before: number) {}

  activeMs(): number {
    return this.before + (this.since === null ? 0 : Date.now() - this.since);
  }

  pause(): void {
    this.before = this.activeMs();
    this.since = null;
    this.changes += 1;
  }

  resume(): void {
    this.since ??= Date.now();
    this.changes += 1;
  }

  /** Makes `watch` look again: a limit has changed. */
  wake(): void {
    this.changes += 1;
  }

  end(): void {
    this.pause();
    this.ended = true;
  }

  /** Calls `onLimit` when the active time reaches the limit (milliseconds; undefined: none), once per limit. */
  async watch(limit: () => number | undefined, onLimit: (activeMs: number) => void): Promise<void> {
    while (!this.ended) {
      const seen = this.changes;
      const allowed = limit();
      const changed = (): boolean => this.changes !== seen;
      if (allowed === undefined || this.since === null) {
        await condition(changed);
      } else if (!(await condition(changed, Math.max(1, allowed - this.activeMs())))) {
        if (this.activeMs() < allowed) continue;
        onLimit(this.activeMs());
        await condition(() => this.ended || limit() !== allowed);
      }
    }
  }
}
