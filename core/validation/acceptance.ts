import { looksAt, type Look } from './looks';
import { mean } from './moments';
import { pairedTest } from './paired-test';
import { pairByExample, type ScoresByExample } from './scores-by-example';
import { signFlipP } from './sign-flip-p';

/** What a mean of differences that sum to 0 may come out as. */
const rounding = 1e-12;

export interface LookOptions {
  /** All looks at the sample, and which of them this is, from 0. */
  looks: readonly Look[];
  look: number;
  /** The incumbent and the finalists that are still in, measured on the first `looks[look].examples` of the sample. */
  incumbent: ScoresByExample;
  finalists: readonly { configurationHash: string; scores: ScoresByExample }[];
  /** Finalists that entered validation, also those dropped since: the test is adjusted for all. */
  entered: number;
  /** Highest chance that this iteration accepts anything when no finalist is better. */
  level: number;
  /** A significant gain below this is not worth a change. In units of the score; default 0. */
  minimumEffect?: number;
  /** `p` of earlier looks by configuration hash. */
  earlier?: Readonly<Record<string, number>>;
  seed: number;
}

export interface Comparison {
  configurationHash: string;
  /** Mean scores of incumbent and finalist on the same examples. */
  before: number;
  after: number;
  gain: number;
  /**
   * One-sided, adjusted for finalists and looks (Bonferroni): the least over the looks so far of the look's own p times
   * the finalists that entered, divided by the look's share of the level. A gain is significant where it is at most the level.
   */
  p: number;
}

export interface LookVerdict {
  /** Configuration hash of the accepted finalist. */
  accepted: string | null;
  /** Finalists that go on to the next look; none at the end. */
  remaining: string[];
  /** What became of the iteration, where this is its end; else who goes on. */
  reason: string;
  /** By falling gain, then hash. */
  comparisons: Comparison[];
}

/**
 * One look at the validation sample. Accepts the finalist with the largest mean gain among those whose adjusted p is at
 * most the level. Otherwise finalists are dropped: at the first of several looks those that trail the incumbent and the worse half
 * (successive halving; where most scores are 0 or 1, a quarter of the sample often ties), at later ones all that do not lead.
 * Dropping can only lose acceptances. Equal gains are decided by hash, so that the order of finalists and examples never matters.
 *
 * @throws RangeError when a finalist was scored on other examples than the incumbent, for two finalists with one hash,
 * or a level outside (0, 1).
 */
export function decideLook(options: LookOptions): LookVerdict {
  const { looks, look, finalists, level, minimumEffect = 0 } = options;
  if (!(level > 0 && level < 1)) throw new RangeError(`decideLook: the level must be between 0 and 1, not ${level}`);
  const twice = finalists.find(
    ({ configurationHash }, index) =>
      finalists.findIndex((other) => other.configurationHash === configurationHash) !== index,
  );
  if (twice !== undefined) {
    throw new RangeError(`decideLook: two finalists have the hash ${twice.configurationHash}; drop duplicates first`);
  }
  const comparisons = finalists
    .map((finalist) => compare(finalist, options))
    .sort((a, b) => b.gain - a.gain || (a.configurationHash < b.configurationHash ? -1 : 1));
  const significant = comparisons.filter(({ gain, p }) => gain > 0 && p <= level);
  const accepted = significant.find(({ gain }) => gain >= minimumEffect);
  const remaining =
    accepted !== undefined || look === looks.length - 1
      ? []
      : look === 0
        ? comparisons.filter(({ gain }) => gain >= -rounding).slice(0, Math.ceil(comparisons.length / 2))
        : comparisons.filter(({ gain }) => gain > rounding);
  return {
    accepted: accepted?.configurationHash ?? null,
    remaining: remaining.map(({ configurationHash }) => configurationHash),
    reason: reasonFor(options, { comparisons, significant, accepted, remaining }),
    comparisons,
  };
}

/**
 * Interval of a finalist's true gain, given its differences at the look at which its test ended. Bonferroni over the looks
 * (equal parts of 5 %) and the finalists that entered: in 95 % of iterations all of them contain the true gain, whenever the test
 * stops, for differences of a symmetric law. Unlike p it is not corrected for skewness: of rare large losses its lower end says too much.
 *
 * @param options.bounds the values that a difference can take: the interval where the sample is too small for any; null: there
 * are none, as for a score less a price.
 * @returns null where the sample is too small for an interval and there are no bounds.
 */
export function gainInterval(
  differences: readonly number[],
  options: { looks: number; entered: number; bounds: [number, number] | null; seed: number },
): [number, number] | null {
  const { looks, entered, bounds, seed } = options;
  const confidence = 1 - 0.05 / looks / entered;
  const { ci95 } = pairedTest(differences, { seed, confidence, bounds: bounds ?? [-Infinity, Infinity] });
  return ci95.every(Number.isFinite) ? ci95 : null;
}

function compare(
  { configurationHash, scores }: LookOptions['finalists'][number],
  { incumbent, looks, look, entered, level, earlier, seed }: LookOptions,
): Comparison {
  const { before, after, differences } = namingFinalist(configurationHash, () => pairByExample(incumbent, scores));
  const { share } = looks[look] as Look;
  const resolving = (level * share) / entered;
  const now = share === 0 ? 1 : Math.min(1, (signFlipP(differences, { seed, resolving }) * entered) / share);
  return {
    configurationHash,
    before: mean(before),
    after: mean(after),
    gain: mean(differences),
    p: Math.min(now, earlier?.[configurationHash] ?? 1),
  };
}

interface Outcome {
  comparisons: readonly Comparison[];
  significant: readonly Comparison[];
  accepted: Comparison | undefined;
  remaining: readonly Comparison[];
}

function reasonFor(
  { looks, look, entered, level, minimumEffect = 0 }: LookOptions,
  { comparisons, significant, accepted, remaining }: Outcome,
): string {
  const [best] = comparisons;
  if (best === undefined) return 'there were no finalists';
  const { examples } = looks[look] as Look;
  const measured = `${examples} example${examples === 1 ? '' : 's'}`;
  const where = looks.length === 1 ? `on ${measured}` : `at look ${look + 1} of ${looks.length}, on ${measured}`;
  if (accepted !== undefined) return `gain ${signed(accepted.gain)} ${where}: ${pText(accepted.p)} <= ${number(level)}`;
  if (remaining.length > 0) return `${remaining.length} of ${comparisons.length} finalists go on ${where}`;
  if (best.gain <= 0) return `no finalist scored above the incumbent ${where} (best ${signed(best.gain)})`;
  if (significant[0] !== undefined) {
    return `the best significant gain ${signed(significant[0].gain)} ${where} is below the minimum effect ${minimumEffect}`;
  }
  const needed = fewestExamples(entered, level);
  if (examples < needed) {
    return `${measured} cannot show a gain at level ${number(level)} with ${entered} finalist(s): at least ${needed} are needed`;
  }
  return `the best gain ${signed(best.gain)} ${where} may be chance: ${pText(best.p)} > ${number(level)}`;
}

/** The fewest examples of which all going up would be significant. */
function fewestExamples(entered: number, level: number): number {
  let examples = 1;
  const least = ({ examples: measured, share }: Look): number => (2 ** -measured * entered) / share;
  while (Math.min(...looksAt(examples).map(least)) > level) examples++;
  return examples;
}

function pText(p: number): string {
  return `p = ${number(p)}`;
}

function number(value: number): string {
  return String(Number(value.toPrecision(2)));
}

function signed(value: number): string {
  return `${value >= 0 ? '+' : ''}${value.toFixed(4)}`;
}

function namingFinalist<T>(configurationHash: string, compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    throw new RangeError(
      `decideLook: finalist ${configurationHash}: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}
