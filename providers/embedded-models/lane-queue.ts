interface Waiting {
  reusable: () => number;
  enter: () => void;
  passedOver: number;
}

/** Nobody is passed over more often than this. */
const mostPassedOver = 24;

/**
 * Lets at most `lanes` requests in at once. Of those that wait, the one that can reuse the most tokens goes first: prompts
 * that share demonstrations then run one after the other, and these are read once. Which goes first changes no reply.
 */
export class LaneQueue {
  private readonly waiting: Waiting[] = [];
  private free: number;

  constructor(lanes: number) {
    this.free = lanes;
  }

  /**
   * Waits for a lane.
   *
   * @param reusable how many tokens of the prompt would need no evaluation if it started now.
   * @returns the function that gives the lane back.
   * @throws the signal's reason when it aborts first.
   */
  async acquire(signal: AbortSignal, reusable: () => number): Promise<() => void> {
    signal.throwIfAborted();
    if (this.free > 0) this.free--;
    else await this.turn(signal, reusable);
    return () => this.release();
  }

  private turn(signal: AbortSignal, reusable: () => number): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        reusable,
        enter: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
        passedOver: 0,
      };
      const leave = (): void => {
        this.waiting.splice(this.waiting.indexOf(waiting), 1);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.waiting.push(waiting);
    });
  }

  private release(): void {
    const next = this.next();
    if (next === undefined) {
      this.free++;
      return;
    }
    const place = this.waiting.indexOf(next);
    for (const earlier of this.waiting.slice(0, place)) earlier.passedOver++;
    this.waiting.splice(place, 1);
    next.enter();
  }

  private next(): Waiting | undefined {
    const overdue = this.waiting.find(({ passedOver }) => passedOver >= mostPassedOver);
    if (overdue !== undefined) return overdue;
    const reuse = this.waiting.map(({ reusable }) => reusable());
    return this.waiting[reuse.indexOf(Math.max(...reuse))];
  }
}
