/** Tells whoever waits in this process that something was given back. */
export class ReleaseSignal {
  private readonly waiting = new Set<() => void>();

  /** Calls `wake` at the next announcement, once. @returns what takes it out again. */
  onNext(wake: () => void): () => void {
    this.waiting.add(wake);
    return () => this.waiting.delete(wake);
  }

  announce(): void {
    for (const wake of [...this.waiting]) {
      this.waiting.delete(wake);
      wake();
    }
  }
}
