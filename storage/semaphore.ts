/** Lets at most `most` operations run at once; the others wait in the order in which they came. */
export class Semaphore {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async run<Result>(operation: () => Promise<Result>): Promise<Result> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await operation();
    } finally {
      // Handed over directly, so that no newcomer takes the place of one that waits.
      const next = this.waiting.shift();
      if (next === undefined) this.free++;
      else next();
    }
  }
}
