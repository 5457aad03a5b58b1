import { defaultPlan } from '../../core/run/plan';
import { meanInterval } from '../../core/validation/score-interval';
import { acceptsAfterGain, gainFirstLaws } from './after-gain';
import { gainLaws, nullLaws, type GainLaw } from './score-laws';
import { acceptsAnything, power, type SimulatedPlan } from './simulate';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const row = (cells: readonly string[]): void => say(`| ${cells.join(' | ')} |`);
const head = (cells: readonly string[]): void => {
  row(cells);
  row(cells.map(() => '---'));
};

/** A split is a sample too: what it does to a row is told from chance by more runs. */
const runsOf = { fresh: 500, split: 1_500, afterGain: 500 };
const repeats = 1_000;
const { alpha, validationExamples: examples } = defaultPlan;

/** Sizes of the validation split; undefined: every iteration has fresh examples. */
const pools = [undefined, 80, 200];
const drawnFrom = (pool: number | undefined): string => (pool === undefined ? 'fresh ones' : `a split of ${pool}`);
const planOf = (pool: number | undefined): SimulatedPlan => ({
  ...{ alpha, iterations: 30, finalists: 3, examples },
  ...(pool !== undefined && { pool }),
});

/** Of runs in which nothing is better, the share that accepts anything. Target: at most alpha. */
function falseAcceptances(): Record<string, FalseAcceptances> {
  say(`Runs of 30 iterations, 3 finalists, ${examples} examples, in which no candidate is better:\n`);
  head(['scores', 'examples drawn from', 'runs', 'that accept anything', '95 % interval']);
  const found: Record<string, FalseAcceptances> = {};
  for (const pool of pools) {
    for (const law of nullLaws) {
      const count = pool === undefined ? runsOf.fresh : runsOf.split;
      const outcomes = Array.from({ length: count }, (_, seed) => acceptsAnything(law, planOf(pool), seed));
      const counted = countFalse(outcomes);
      found[`${law.name}, ${drawnFrom(pool)}`] = counted;
      row([law.name, drawnFrom(pool), String(count), ...cellsOf(counted)]);
    }
  }
  return found;
}

/** Of runs that accept a gain of half a standard deviation in their first iteration, the share that accepts anything after it. Target: at most alpha. */
function afterGain(): Record<string, FalseAcceptances> {
  say(
    `\nThe same, but one candidate of the first iteration gains 0.5 standard deviations (${runsOf.afterGain} runs each):\n`,
  );
  head(['scores', 'examples drawn from', 'runs that accept it', 'of them, accept anything after it', '95 % interval']);
  const found: Record<string, FalseAcceptances> = {};
  for (const pool of pools) {
    for (const law of gainFirstLaws) {
      const all = Array.from({ length: runsOf.afterGain }, (_, seed) => acceptsAfterGain(law, planOf(pool), seed));
      const counted = countFalse(all.filter((outcome) => outcome !== null));
      found[`${law.name}, ${drawnFrom(pool)}`] = counted;
      row([law.name, drawnFrom(pool), String(counted.runs), ...cellsOf(counted)]);
    }
  }
  return found;
}

interface FalseAcceptances {
  runs: number;
  accepted: number;
  ci95: [number, number];
}

function countFalse(outcomes: readonly boolean[]): FalseAcceptances {
  const { ci95 } = meanInterval(outcomes.map(Number));
  return { runs: outcomes.length, accepted: outcomes.filter(Boolean).length, ci95 };
}

function cellsOf({ runs, accepted, ci95 }: FalseAcceptances): [string, string] {
  return [percent(accepted / runs), ci95.map(percent).join(' to ')];
}

/** How often a true gain of half a standard deviation of the paired differences is accepted. Target: at least 80 %. */
function powers(): Record<string, { share: number; target: number }> {
  say(`\nA true gain of 0.5 standard deviations, ${examples} examples (${repeats} iterations each):\n`);
  head(['differences', 'iterations of the plan', 'finalists', 'accepted', 'examples measured']);
  const found: ReturnType<typeof powers> = {};
  for (const law of gainLaws) {
    for (const iterations of [10, 30]) {
      for (const finalists of [1, 3]) {
        const { share, measured } = power(law, { alpha, iterations, finalists, examples }, { repeats, seed: 0 });
        found[`${law.name}, ${iterations} iterations, ${finalists} finalists`] = { share, target: 0.8 };
        row([law.name, String(iterations), String(finalists), percent(share), measured.toFixed(0)]);
      }
    }
  }
  return found;
}

/** A small plan, binary scores: as it is, and with alpha spent on each iteration anew. */
function smallPlan(): Record<string, number> {
  say('\nA small plan (4 iterations, 1 finalist, 54 examples), binary scores:\n');
  head(['true gain', 'loses on', 'alpha over the run', 'alpha per iteration']);
  const found: Record<string, number> = {};
  for (const gain of [0.1, 0.2, 0.3]) {
    for (const losing of [0, 0.1]) {
      const law: GainLaw = { name: `small plan ${gain}`, sizes: [1], losing };
      const shares = [4, 1].map(
        (iterations) =>
          power(law, { alpha, iterations, finalists: 1, examples: 54 }, { winning: losing + gain, repeats, seed: 0 })
            .share,
      ) as [number, number];
      found[`${gain}, ${losing} lose`] = shares[0];
      row([`+${gain}`, percent(losing), ...shares.map(percent)]);
    }
  }
  return found;
}

const started = performance.now();
const result = {
  falseAcceptances: falseAcceptances(),
  afterGain: afterGain(),
  power: powers(),
  smallPlan: smallPlan(),
};
const above = (found: Record<string, FalseAcceptances>): string[] =>
  Object.entries(found)
    .filter(([, { runs, accepted }]) => accepted / runs > alpha)
    .map(([name]) => name);
const missed = [
  ...above(result.falseAcceptances).map((name) => `false acceptances: ${name}`),
  ...above(result.afterGain).map((name) => `after a gain: ${name}`),
  ...Object.entries(result.power)
    .filter(([, { share, target }]) => share < target)
    .map(([name]) => `power: ${name}`),
];
say(
  `\n${missed.length === 0 ? 'all targets met' : `missed: ${missed.join('; ')}`}, in ${((performance.now() - started) / 1000).toFixed(0)} s`,
);
say(JSON.stringify({ ...result, missed }));
if (missed.length > 0) process.exitCode = 1;
