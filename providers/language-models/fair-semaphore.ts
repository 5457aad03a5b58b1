/** For whom a slot is asked. */
export interface Place {
  /** Callers of one run queue in order of asking; runs take turns. */
  run: string;
  /** 1 to 5: lower numbers go first. */
  priority: number;
}

const anyone: Place = { run: '', priority: 3 };

/**
 * Lets at most `slots` callers in at once: those of the best priority first, the runs of one priority in turn, and the
 * callers of one run in the order in which they asked.
 *
 * p-limit is not used because it cannot take a waiting caller out of its queue when that caller is aborted.
 */
export class FairSemaphore {
  #free: number;
  /** By priority, then by run; the run whose turn is next comes first. */
  readonly #waiting = new Map<number, Map<string, (() => void)[]>>();

  constructor(slots: number) {
    this.#free = slots;
  }

  /**
   * Waits for a slot.
   *
   * @returns the function that gives the slot back; calling it again does nothing.
   * @throws the signal's reason when it aborts first; the place in the queue is given up.
   */
  async acquire(signal: AbortSignal, place = anyone): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free--;
    else await this.#queue(signal, place);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      // A slot goes straight to the next in line, so that a newcomer cannot overtake.
      const next = this.#next();
      if (next) next();
      else this.#free++;
    };
  }

  #next(): (() => void) | undefined {
    if (this.#waiting.size === 0) return undefined;
    const best = Math.min(...this.#waiting.keys());
    const runs = this.#waiting.get(best) as Map<string, (() => void)[]>;
    const [run, callers] = [...runs][0] as [string, (() => void)[]];
    const enter = callers.shift();
    runs.delete(run);
    if (callers.length > 0) runs.set(run, callers); // At the end: the other runs come first now.
    if (runs.size === 0) this.#waiting.delete(best);
    return enter;
  }

  #queue(signal: AbortSignal, { run, priority }: Place): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#remove(enter, { run, priority });
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      const runs = this.#waiting.get(priority) ?? new Map<string, (() => void)[]>();
      this.#waiting.set(priority, runs);
      const callers = runs.get(run) ?? [];
      runs.set(run, callers);
      callers.push(enter);
    });
  }

  #remove(enter: () => void, { run, priority }: Place): void {
    const runs = this.#waiting.get(priority);
    const callers = runs?.get(run);
    if (runs === undefined || callers === undefined) return;
    callers.splice(callers.indexOf(enter), 1);
    if (callers.length === 0) runs.delete(run);
    if (runs.size === 0) this.#waiting.delete(priority);
  }
}
