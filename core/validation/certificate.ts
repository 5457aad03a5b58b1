import { meanUpperBound } from './mean-upper-bound';
import { mean } from './moments';

/** Chance that a run's certificate is wrong anywhere. */
export const certificateDelta = 0.05;

/** What is known of the candidates for one component, as changes of the final configuration. */
export interface ComponentEvidence {
  /** Distinct settings of the component that were tried, the final ones not counted. */
  tried: number;
  /** Of them, those that were tried under an earlier configuration alone. */
  earlier: number;
  /**
   * Candidates that the global metric compared with the final configuration: gain by example id, each example once. In score, or in
   * score less price where `dearest` is given.
   */
  measured: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** A candidate's gain over the final configuration. */
export interface CertifiedCandidate {
  /** Hash of the whole configuration with the candidate in place. */
  configurationHash: string;
  examples: number;
  meanGain: number;
  /** Its true gain is at most this; all bounds of the certificate hold at once. */
  bound: number;
}

export interface CertifiedComponent {
  /** No measured candidate improves the final configuration by more; where none was measured, what any change could gain at most. */
  epsilon: number;
  /** The measured candidate whose bound is the largest, the headroom aside; null where none was measured. */
  candidate: string | null;
  /**
   * What epsilon would be had that candidate neither gained nor lost on any of its examples: the part that is the sample size's. Null
   * where none was measured.
   */
  epsilonWithoutGains: number | null;
  /** No tried candidate improves by more: `epsilon` where all were measured, else the headroom. */
  epsilonOfTried: number;
  tried: number;
  measured: number;
  /** Tried candidates that the bound does not cover: ranked by the local reward only, or tried under an earlier configuration only. */
  rankedByRewardOnly: number;
  earlierOnly: number;
  /** The measured ones, by falling bound, the headroom aside, then hash. */
  candidates: CertifiedCandidate[];
}

export interface Certificate {
  /** All bounds hold at once with probability 1 - delta. */
  delta: number;
  /** Bounds that share delta evenly (Bonferroni): one per measured candidate, and one for the headroom where that was measured. */
  bounds: number;
  /**
   * What the dearest held-out example costs with the final configuration, in units of score; of other examples its price counts up
   * to that. 0 where no price counts.
   */
  dearest: number;
  /**
   * No change can gain more: upper bound of 1 less the final configuration's score, from held-out examples, and `dearest`. 1 and
   * `dearest` where there were none.
   */
  headroom: number;
  /** The largest of the components' epsilons. */
  epsilon: number;
  components: Record<string, CertifiedComponent>;
}

/**
 * Component-wise maximum within epsilon (paper, theorem 4.2, made checkable): per component the smallest epsilon such that no measured
 * candidate improves the final configuration by more, with probability 1 - delta, simultaneously over components and
 * candidates.
 *
 * Where a price counts, a candidate can gain at most 1 and all that the final configuration costs; what it can lose has no limit, and
 * an upper bound needs none. What the final configuration costs has no limit either, so its price counts up to that of the dearest
 * held-out example, on which no gain was measured.
 *
 * @param options.heldOutScores of the final configuration, on examples that chose nothing; empty: none were measured.
 * @param options.dearest what the dearest held-out example costs, in units of score; undefined: no price counts.
 * @throws RangeError for no components, a candidate without examples, a negative price, a score outside [0, 1], or where no price counts a gain
 *   outside [-1, 1].
 */
export function certify(options: {
  components: Readonly<Record<string, ComponentEvidence>>;
  heldOutScores: readonly number[];
  dearest?: number;
  delta: number;
}): Certificate {
  const { components, heldOutScores, dearest, delta } = options;
  const names = Object.keys(components);
  if (names.length === 0) throw new RangeError('certify: there are no components; give those that can be tuned');
  const measured = Object.values(components).reduce((sum, item) => sum + item.measured.size, 0);
  const bounds = measured + (heldOutScores.length > 0 ? 1 : 0);
  const share = delta / Math.max(1, bounds);
  if (dearest !== undefined && !(dearest >= 0)) {
    throw new RangeError(`certify: the dearest example costs ${dearest}; expected a price of at least 0`);
  }
  const price = dearest ?? 0;
  const most = 1 + price;
  const headroom =
    heldOutScores.length === 0
      ? most
      : price +
        meanUpperBound(
          heldOutScores.map((score) => 1 - score),
          { delta: share, bounds: [0, 1] },
        );
  const gainBound = (gains: readonly number[]): number => {
    if (dearest === undefined) return meanUpperBound(gains, { delta: share });
    // More than `most` is gained only where the final configuration costs more than it counts for.
    const counted = gains.map((gain) => Math.min(most, gain));
    return meanUpperBound(counted, { delta: share, bounds: [Math.min(-1, ...counted), most] });
  };

  const certified = Object.fromEntries(
    names.map((name): [string, CertifiedComponent] => {
      const { tried, earlier, measured: own } = components[name] as ComponentEvidence;
      const candidates = [...own]
        .map(([configurationHash, byExample]): CertifiedCandidate => {
          const gains = [...byExample.values()];
          if (gains.length === 0) {
            throw new RangeError(`certify: candidate ${configurationHash} of '${name}' has no examples; leave it out`);
          }
          return { configurationHash, examples: gains.length, meanGain: mean(gains), bound: gainBound(gains) };
        })
        .sort((a, b) => b.bound - a.bound || (a.configurationHash < b.configurationHash ? -1 : 1))
        .map((candidate) => ({ ...candidate, bound: Math.min(headroom, candidate.bound) }));
      const worst = candidates[0];
      const epsilon = worst === undefined ? headroom : Math.max(0, worst.bound);
      return [
        name,
        {
          epsilon,
          candidate: worst?.configurationHash ?? null,
          epsilonWithoutGains:
            worst === undefined ? null : Math.min(headroom, gainBound(new Array<number>(worst.examples).fill(0))),
          epsilonOfTried: tried > own.size ? headroom : epsilon,
          tried,
          measured: own.size,
          rankedByRewardOnly: tried - earlier - own.size,
          earlierOnly: earlier,
          candidates,
        },
      ];
    }),
  );
  return {
    delta,
    bounds,
    dearest: price,
    headroom,
    epsilon: Math.max(...Object.values(certified).map((item) => item.epsilon)),
    components: certified,
  };
}
