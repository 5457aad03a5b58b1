import { mean } from './moments';
import { pairedTest } from './paired-test';
import { pairByExample, type ScoresByExample } from './scores-by-example';

export interface AcceptanceOptions {
  /** The incumbent, measured afresh on the same examples as the finalists. */
  incumbent: ScoresByExample;
  finalists: readonly { configurationHash: string; scores: ScoresByExample }[];
  /** Finalists that entered validation, also those dropped before the end; the test is adjusted for all. Default: `finalists`. */
  entered?: number;
  /** Highest chance of accepting anything when no finalist is better. */
  alpha: number;
  /** A significant gain below this is not worth a change. In units of the score; default 0. */
  minimumEffect?: number;
  seed: number;
}

export interface Comparison {
  configurationHash: string;
  /** Mean scores of incumbent and finalist on the same examples. */
  before: number;
  after: number;
  gain: number;
  /** Simultaneous over the finalists that entered (Bonferroni): all contain their true gain in 95 % of decisions. */
  ci95: [number, number];
  /** One-sided, adjusted for the number of finalists that entered (Holm 1979). */
  p: number;
}

export interface AcceptanceDecision {
  /** Configuration hash of the accepted finalist. */
  accepted: string | null;
  reason: string;
  /** By falling gain, then hash. */
  comparisons: Comparison[];
}

/**
 * Decides which finalist, if any, replaces the incumbent: the one with the largest mean gain among those whose adjusted
 * p is at most alpha. Equal gains are decided by hash, so that the order of finalists and examples never matters.
 *
 * @throws RangeError when a finalist was scored on other examples than the incumbent, for two finalists with one hash,
 * or an alpha outside (0, 1).
 */
export function decideAcceptance(options: AcceptanceOptions): AcceptanceDecision {
  const { incumbent, finalists, alpha, minimumEffect = 0, seed } = options;
  const entered = Math.max(finalists.length, options.entered ?? 0);
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`decideAcceptance: alpha must be between 0 and 1, not ${alpha}`);
  const hashes = new Set<string>();
  for (const { configurationHash } of finalists) {
    if (hashes.has(configurationHash)) {
      throw new RangeError(`decideAcceptance: two finalists have the hash ${configurationHash}; drop duplicates first`);
    }
    hashes.add(configurationHash);
  }
  if (finalists.length === 0) return { accepted: null, reason: 'there were no finalists', comparisons: [] };

  const tested = finalists.map(({ configurationHash, scores }) => {
    const pairs = namingFinalist(configurationHash, () => pairByExample(incumbent, scores));
    const test = pairedTest(pairs.differences, { seed, confidence: 1 - 0.05 / entered });
    return {
      configurationHash,
      before: mean(pairs.before),
      after: mean(pairs.after),
      gain: test.mean,
      ci95: test.ci95,
      p: test.p,
      n: test.n,
    };
  });
  const adjusted = holm(
    tested.map((item) => item.p),
    entered,
  );
  const comparisons = tested
    .map(({ n: _, ...comparison }, index): Comparison => ({ ...comparison, p: adjusted[index] as number }))
    .sort((a, b) => b.gain - a.gain || (a.configurationHash < b.configurationHash ? -1 : 1));
  const significant = comparisons.filter((item) => item.gain > 0 && item.p <= alpha);
  const accepted = significant.find((item) => item.gain >= minimumEffect);
  return {
    accepted: accepted?.configurationHash ?? null,
    reason: reasonFor(comparisons, significant, accepted, { alpha, minimumEffect, entered, n: tested[0]?.n as number }),
    comparisons,
  };
}

/** Holm's step-down adjustment of some of `entered` p-values, in the order given; those not given count as larger. */
function holm(p: readonly number[], entered: number): number[] {
  const order = p.map((_, index) => index).sort((a, b) => (p[a] as number) - (p[b] as number));
  const adjusted: number[] = [];
  let largest = 0;
  order.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, (p[index] as number) * (entered - rank)));
    adjusted[index] = largest;
  });
  return adjusted;
}

function reasonFor(
  comparisons: readonly Comparison[],
  significant: readonly Comparison[],
  accepted: Comparison | undefined,
  { alpha, minimumEffect, entered, n }: { alpha: number; minimumEffect: number; entered: number; n: number },
): string {
  const examples = `${n} example${n === 1 ? '' : 's'}`;
  if (accepted !== undefined) {
    return `gain ${signed(accepted.gain)} on ${examples}, p = ${accepted.p.toPrecision(2)} <= ${alpha}`;
  }
  const best = comparisons[0] as Comparison;
  if (significant.length > 0) {
    return `the best significant gain ${signed((significant[0] as Comparison).gain)} is below the minimum effect ${minimumEffect}`;
  }
  if (best.gain <= 0) return `no finalist scored above the incumbent on ${examples} (best ${signed(best.gain)})`;
  const needed = Math.ceil(Math.log2(entered / alpha));
  if (n < needed) {
    return `${examples} cannot show a gain at alpha ${alpha} with ${entered} finalist(s); at least ${needed} are needed`;
  }
  return `the best gain ${signed(best.gain)} on ${examples} may be chance: p = ${best.p.toPrecision(2)} > ${alpha}`;
}

function signed(value: number): string {
  return `${value >= 0 ? '+' : ''}${value.toFixed(4)}`;
}

function namingFinalist<T>(configurationHash: string, compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    throw new RangeError(
      `decideAcceptance: finalist ${configurationHash}: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}
