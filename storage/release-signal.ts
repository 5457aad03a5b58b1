/**
 * Tells those who wait in this process that something was given back, by group. One is told, who has waited longest: who
 * then gets something announces again, as more may be left, so that not all of them try at each return.
 */
export class ReleaseSignal {
  private readonly waiting = new Map<string, Set<() => void>>();

  /** Calls `wake` once, when its turn comes. @returns what takes it out again. */
  onNext(group: string, wake: () => void): () => void {
    const waiting = this.waiting.get(group) ?? new Set();
    this.waiting.set(group, waiting.add(wake));
    return () => this.remove(group, wake);
  }

  announce(group: string): void {
    const [first] = this.waiting.get(group) ?? [];
    if (first === undefined) return;
    this.remove(group, first);
    first();
  }

  private remove(group: string, wake: () => void): void {
    const waiting = this.waiting.get(group);
    waiting?.delete(wake);
    if (waiting?.size === 0) this.waiting.delete(group);
  }
}
