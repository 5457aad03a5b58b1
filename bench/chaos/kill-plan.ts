import { randomStream } from '../../core/random/stream';

/** What a kill -9 hits: one worker, all workers, the Temporal server, it and all workers, the database server, everything. */
export const targets = ['worker', 'workers', 'server', 'both', 'database', 'all'] as const;
export type Target = (typeof targets)[number];

export interface PlannedKill {
  target: Target;
  /** Which worker, where the target is one. */
  worker: number;
  /** Share of the undisturbed run's requests at which it strikes; null: right after the service is back from the last kill. */
  share: number | null;
  /** Milliseconds to wait once the share is reached, or the service is back. */
  delayMs: number;
  /** Milliseconds before the victims are started again. */
  downMs: number;
  /** Latency of the endpoint from then on, milliseconds: results come in another order. */
  latencyMs: number;
}

const weights: Record<Target, number> = { worker: 4, workers: 2, server: 3, both: 2, database: 2, all: 2 };

/** When and whom to kill in one run: a function of the arguments alone. A third of the kills hit a service that just came back. */
export function planKills(options: {
  seed: number;
  run: number;
  kills: number;
  workers: number;
  database: boolean;
}): PlannedKill[] {
  const stream = randomStream(options.seed, 'chaos', options.run);
  const choices = targets
    .filter((target) => target !== 'database' || options.database)
    .flatMap((target) => new Array<Target>(weights[target]).fill(target));
  const planned = Array.from({ length: options.kills }, (_, index): PlannedKill => {
    const soon = index > 0 && stream.uniform() < 1 / 3;
    return {
      target: stream.choice(choices),
      worker: stream.integer(options.workers),
      share: soon ? null : stream.uniform(),
      // Half of them hit at once: requests are then in flight.
      delayMs: stream.uniform() < 0.5 ? 0 : stream.uniform() * 1_000,
      downMs: stream.uniform() * 1_500,
      latencyMs: 5 + stream.integer(120),
    };
  });
  const shares = planned.flatMap(({ share }) => (share === null ? [] : [share])).sort((a, b) => a - b);
  return planned.map((kill) => (kill.share === null ? kill : { ...kill, share: shares.shift() as number }));
}
