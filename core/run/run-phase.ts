/** Where a run is. */
export type RunPhase = 'prepare' | 'baseline' | 'preference-data' | 'rewards' | 'iterations' | 'final-test' | 'done';

/** How a run ended, or that it goes on. */
export type RunStatus = 'running' | 'paused' | 'completed' | 'budget-exhausted' | 'cancelled' | 'failed';
