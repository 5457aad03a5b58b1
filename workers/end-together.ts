import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds that the others get when one has died: longer than their running activities may take to end. */
const patienceMs = 30_000;

/** What this needs of a Temporal Worker. */
export interface Runnable {
  run(): Promise<void>;
  shutdown(): void;
  getState(): string;
}

/** Runs workers that share a connection, until `shutdown` ended all of them. When one dies, the others are shut down. */
export function endTogether(workers: readonly Runnable[]): { done: Promise<void>; shutdown(): void } {
  const running = workers.map((worker) => worker.run());
  const shutdown = (): void => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  return { done: untilEnded(running, shutdown), shutdown };
}

/** @throws what the first one died of, as a rule after all have ended: until then they use what they share. */
async function untilEnded(running: readonly Promise<void>[], shutdown: () => void): Promise<void> {
  try {
    await Promise.all(running);
  } catch (cause) {
    shutdown();
    await Promise.race([Promise.allSettled(running), delay(patienceMs, undefined, { ref: false })]);
    throw cause;
  }
}
