import { mean, quantile, sampleVariance } from '../../core/validation/moments';
import { pairedTest } from '../../core/validation/paired-test';
import { studentT975 } from '../../core/validation/score-interval';
import { costRatio, valuesAt, type CostRatio } from './cost-to-reach';
import { holm } from './holm';
import type { RunRecord } from './measure-run';
import type { VariantName } from './variant';

interface Interval {
  mean: number;
  ci95: [number, number];
}

/** What one variant did on one system. */
export interface VariantSummary {
  system: string;
  variant: VariantName;
  seeds: number;
  /** True and validated gain of the final configuration, its cost in system runs, and iterations. */
  trueGain: Interval;
  validatedGain: number;
  cost: number;
  iterations: number;
  /** Largest true gain that one component could still make alone. */
  left: number;
  accepted: number;
  falselyAccepted: number;
  /**
   * Shares of runs whose certificates are right, cover the run's end and say the headroom only; mean and 90 % quantile of epsilons, and
   * the median epsilon of components with something measured, null where there is none. Null for random search.
   */
  certificate: {
    right: number;
    covers: number;
    headroomOnly: number;
    epsilon: number;
    epsilon90: number;
    measuredEpsilon: number | null;
  } | null;
  alignment: number | null;
  /** Cost by purpose, in system runs. */
  costs: Record<string, number>;
  /** Against no-LRF: cost to reach nine tenths of its final true gain. */
  costRatio: CostRatio | null;
  /** The same had no two settings given the same output, and had preference data been free. */
  ifDistinct: number | null;
  ifPreferenceWereFree: number | null;
  /**
   * Against random search: difference of true gains at shares of this variant's cost, paired by seed, with the two-sided p
   * that there is none (sign flips), adjusted over the shares (Holm).
   */
  againstRandom: Record<string, Interval & { p: number }> | null;
  secondsPerRun: number;
}

const shares = [0.25, 0.5, 0.75, 1];
type Place = 0 | 3 | 4;

/** One summary for each system and variant that was measured. */
export function summarize(records: readonly RunRecord[]): VariantSummary[] {
  const groups = new Map<string, RunRecord[]>();
  for (const record of records) {
    const key = `${record.system}/${record.variant}`;
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  return [...groups.values()].map((own) => {
    const [{ system, variant }] = own as [RunRecord];
    return summaryOf(own, {
      base: variant === 'no-lrf' ? undefined : groups.get(`${system}/no-lrf`),
      random: variant === 'random' ? undefined : groups.get(`${system}/random`),
    });
  });
}

function summaryOf(
  own: readonly RunRecord[],
  { base, random }: { base: RunRecord[] | undefined; random: RunRecord[] | undefined },
): VariantSummary {
  const [{ system, variant }] = own as [RunRecord];
  const finals = own.map((record) => last(record));
  const certificates = own.flatMap(({ certificate }) => certificate ?? []);
  const epsilons = certificates.flatMap(({ measuredEpsilons }) => measuredEpsilons).sort((a, b) => a - b);
  const alignments = own.flatMap(({ alignment }) => alignment ?? []);
  const ratio = (place: Place, resamples: number): CostRatio | null => {
    const pairs = pairedBySeed(own, base ?? []).map(([first, second]) => ({
      curve: trueCurve(first, place),
      base: trueCurve(second, place),
    }));
    return pairs.length === 0 ? null : costRatio(pairs, { resamples });
  };
  const randomPairs = pairedBySeed(own, random ?? []);
  return {
    system,
    variant,
    seeds: own.length,
    trueGain: interval(finals.map((point) => point[2])),
    validatedGain: mean(finals.map((point) => point[1])),
    cost: mean(finals.map((point) => point[0])),
    iterations: mean(own.map(({ curve }) => curve.length - 1)),
    left: mean(own.map(({ left }) => left)),
    accepted: own.reduce((sum, { accepted }) => sum + accepted, 0),
    falselyAccepted: own.reduce((sum, { falselyAccepted }) => sum + falselyAccepted, 0),
    certificate:
      certificates.length === 0
        ? null
        : {
            right: mean(certificates.map(({ right }) => Number(right))),
            covers: mean(certificates.map(({ covers }) => Number(covers))),
            headroomOnly: mean(certificates.map(({ headroomOnly }) => Number(headroomOnly))),
            epsilon: mean(certificates.map(({ epsilon }) => epsilon)),
            epsilon90: quantile(
              certificates.map(({ epsilon }) => epsilon).sort((a, b) => a - b),
              0.9,
            ),
            measuredEpsilon: epsilons.length === 0 ? null : quantile(epsilons, 0.5),
          },
    alignment: alignments.length === 0 ? null : mean(alignments),
    costs: meanCosts(own),
    costRatio: ratio(0, 200),
    ifDistinct: variant === 'random' ? null : (ratio(3, 1)?.ratio ?? null),
    ifPreferenceWereFree: variant === 'random' ? null : (ratio(4, 1)?.ratio ?? null),
    againstRandom: randomPairs.length === 0 ? null : againstRandom(randomPairs),
    secondsPerRun: mean(own.map(({ seconds }) => seconds)),
  };
}

/** Differences of true gain at shares of the first's cost. */
function againstRandom(pairs: readonly [RunRecord, RunRecord][]): Record<string, Interval & { p: number }> {
  const differences = shares.map((share) =>
    pairs.map(([first, second]) => {
      const cost = share * last(first)[0];
      const [mine] = valuesAt(trueCurve(first, 0), [cost]);
      const [other] = valuesAt(trueCurve(second, 0), [cost]);
      return (mine as number) - (other as number);
    }),
  );
  const adjusted = holm(differences.map((values) => pairedTest(values, { seed: 0 }).p));
  return Object.fromEntries(
    shares.map((share, place) => [
      share.toFixed(2),
      { ...interval(differences[place] as number[]), p: adjusted[place] as number },
    ]),
  );
}

/** Records of the same seed. */
export function pairedBySeed(own: readonly RunRecord[], other: readonly RunRecord[]): [RunRecord, RunRecord][] {
  const bySeed = new Map(other.map((record) => [record.seed, record]));
  return own.flatMap((record): [RunRecord, RunRecord][] => {
    const found = bySeed.get(record.seed);
    return found === undefined ? [] : [[record, found]];
  });
}

function trueCurve({ curve }: RunRecord, place: Place): [number, number][] {
  return curve.map((point) => [point[place], point[2]]);
}

function last({ curve }: RunRecord): RunRecord['curve'][number] {
  return curve.at(-1) as RunRecord['curve'][number];
}

function meanCosts(records: readonly RunRecord[]): Record<string, number> {
  const purposes = [...new Set(records.flatMap(({ costs }) => Object.keys(costs)))];
  return Object.fromEntries(
    purposes.map((purpose) => [purpose, mean(records.map(({ costs }) => costs[purpose] ?? 0))]),
  );
}

/** One value tells nothing about how values vary. */
function interval(values: readonly number[]): Interval {
  if (values.length < 2) return { mean: mean(values), ci95: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] };
  const centre = mean(values);
  const half = studentT975(values.length - 1) * Math.sqrt(sampleVariance(values) / values.length);
  return { mean: centre, ci95: [centre - half, centre + half] };
}
