import type { Alignment } from './pairwise-alignment';

/** One-sided 95 % point of the normal distribution. */
const z95 = 1.6448536269514722;
const z975 = 1.959963984540054;

/** What fresh pairs say of a reward that has not been trained on them. */
export interface DriftCheck {
  /** Held-out alignment when the reward was last fitted from nothing. */
  expected: number;
  /** Alignment on fresh pairs. */
  fresh: number;
  /** The drop in standard errors; positive where the fresh pairs are worse. */
  z: number;
  /** The drop is significant (one-sided, 95 %). */
  alarm: boolean;
}

/**
 * Looks for drift: whether a reward orders fresh pairs significantly worse than held-out pairs of the time when it was
 * last fitted from nothing: were it compared with its last update, slow drift would never show. Either downstream has changed (other outputs are worth more now) or upstream has (its inputs are new); both show
 * here (paper, section 4.2).
 */
export function driftCheck(expected: Alignment, fresh: Alignment): DriftCheck {
  const error = Math.hypot(standardError(expected), standardError(fresh));
  const z = error === 0 ? 0 : (expected.value - fresh.value) / error;
  return { expected: expected.value, fresh: fresh.value, z, alarm: z > z95 };
}

function standardError({ ci95: [low, high] }: Alignment): number {
  return (high - low) / (2 * z975);
}
