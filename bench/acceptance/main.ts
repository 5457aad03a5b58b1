import { defaultPlan } from '../../core/run/plan';
import { meanInterval } from '../../core/validation/score-interval';
import { gainLaws, nullLaws, type GainLaw } from './score-laws';
import { acceptsAnything, power } from './simulate';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const row = (cells: readonly string[]): void => say(`| ${cells.join(' | ')} |`);
const head = (cells: readonly string[]): void => {
  row(cells);
  row(cells.map(() => '---'));
};

const runs = 500;
const repeats = 1_000;
const { alpha, validationExamples: examples } = defaultPlan;

/** Sizes of the validation split; undefined: every iteration has fresh examples. */
const pools = [undefined, 80, 200];

/** Of runs in which nothing is better, the share that accepts anything. Target: at most alpha. */
function falseAcceptances(): Record<string, { runs: number; accepted: number; ci95: [number, number] }> {
  say(`Runs of 30 iterations, 3 finalists, ${examples} examples, in which no candidate is better (${runs} each):\n`);
  head(['scores', 'examples drawn from', 'runs that accept anything', '95 % interval']);
  const found: ReturnType<typeof falseAcceptances> = {};
  for (const pool of pools) {
    const from = pool === undefined ? 'fresh ones' : `a split of ${pool}`;
    for (const law of nullLaws) {
      const plan = { alpha, iterations: 30, finalists: 3, examples, ...(pool !== undefined && { pool }) };
      const outcomes = Array.from({ length: runs }, (_, seed) => Number(acceptsAnything(law, plan, seed)));
      const { mean, ci95 } = meanInterval(outcomes);
      found[`${law.name}, ${from}`] = { runs, accepted: Math.round(mean * runs), ci95 };
      row([law.name, from, percent(mean), ci95.map(percent).join(' to ')]);
    }
  }
  return found;
}

/** The plans whose power has a target; 3 finalists and 30 iterations leave even the exact sign test, without looks, 77 or 78 %. */
const targeted = ({ iterations, finalists }: { iterations: number; finalists: number }): boolean =>
  iterations <= defaultPlan.iterations || finalists === 1;

/** How often a true gain of half a standard deviation of the paired differences is accepted. Target: at least 80 %. */
function powers(): Record<string, { share: number; target: number | null }> {
  say(`\nA true gain of 0.5 standard deviations, ${examples} examples (${repeats} iterations each):\n`);
  head(['differences', 'iterations of the plan', 'finalists', 'accepted', 'examples measured']);
  const found: ReturnType<typeof powers> = {};
  for (const law of gainLaws) {
    for (const iterations of [10, 30]) {
      for (const finalists of [1, 3]) {
        const { share, measured } = power(law, { alpha, iterations, finalists, examples }, { repeats, seed: 0 });
        found[`${law.name}, ${iterations} iterations, ${finalists} finalists`] = {
          share,
          target: targeted({ iterations, finalists }) ? 0.8 : null,
        };
        row([law.name, String(iterations), String(finalists), percent(share), measured.toFixed(0)]);
      }
    }
  }
  return found;
}

/** The quick start's plan, binary scores: as it is, and with alpha spent on each iteration anew. */
function quickStart(): Record<string, number> {
  say('\nQuick start (4 iterations, 1 finalist, 54 examples), binary scores:\n');
  head(['true gain', 'loses on', 'alpha over the run', 'alpha per iteration']);
  const found: Record<string, number> = {};
  for (const gain of [0.1, 0.2, 0.3]) {
    for (const losing of [0, 0.1]) {
      const law: GainLaw = { name: `quick start ${gain}`, sizes: [1], losing };
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
const result = { falseAcceptances: falseAcceptances(), power: powers(), quickStart: quickStart() };
const missed = [
  ...Object.entries(result.falseAcceptances)
    .filter(([, { accepted }]) => accepted / runs > alpha)
    .map(([name]) => `false acceptances: ${name}`),
  ...Object.entries(result.power)
    .filter(([, { share, target }]) => target !== null && share < target)
    .map(([name]) => `power: ${name}`),
];
say(
  `\n${missed.length === 0 ? 'all targets met' : `missed: ${missed.join('; ')}`}, in ${((performance.now() - started) / 1000).toFixed(0)} s`,
);
say(JSON.stringify({ ...result, missed }));
if (missed.length > 0) process.exitCode = 1;
