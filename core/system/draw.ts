import { contentHash } from './canonical-json';

/** What a measurement is for; part of the draw, so that no purpose reuses another's luck. */
export type Purpose = 'baseline' | 'preference' | 'optimization' | 'validation' | 'test';

/**
 * Identifies one measurement of something stochastic. Equal draws (a retry of the same step) share memo entries;
 * a new measurement has a new draw.
 */
export interface Draw {
  runSeed: number;
  purpose: Purpose;
  /** -1 before the first iteration. */
  iteration: number;
  exampleId: string;
  /** Counts measurements of one example within purpose and iteration: Monte Carlo rollouts, candidates. */
  index: number;
  /** Set when candidate outputs are sampled. */
  temperature?: number;
}

/** The draw's part of a memo key. */
export function drawId(draw: Draw): string {
  return contentHash(draw);
}

/** The draw's 32-bit seed, handed to components and model endpoints. */
export function drawSeed(draw: Draw): number {
  return Number.parseInt(drawId(draw).slice(0, 8), 16);
}
