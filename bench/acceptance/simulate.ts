import { randomStream, type RandomStream } from '../../core/random/stream';
import { decideLook } from '../../core/validation/acceptance';
import { looksAt } from '../../core/validation/looks';
import { levelOf, type PastTest } from '../../core/validation/online-fallback';
import { drawGain, winningShare, type ExampleScores, type GainLaw, type NullLaw } from './score-laws';

export interface SimulatedPlan {
  alpha: number;
  iterations: number;
  finalists: number;
  examples: number;
  /** Examples of the validation split, which every iteration draws its own from; absent: fresh examples in every iteration. */
  pool?: number;
}

export interface SimulatedIteration {
  /** Number of the accepted finalist, from 0. */
  accepted: number | null;
  /** Examples measured for each configuration, added up. */
  measured: number;
}

/** The validation of one iteration on its sample, with the looks and tests of a run. */
export function simulateIteration(options: {
  sample: readonly ExampleScores[];
  plan: Pick<SimulatedPlan, 'finalists' | 'examples'>;
  level: number;
  seed: number;
}): SimulatedIteration {
  const { sample, plan, level, seed } = options;
  const looks = looksAt(plan.examples);
  const scores = (examples: number, of: (example: ExampleScores) => number): Record<string, number> =>
    Object.fromEntries(sample.slice(0, examples).map((example, index) => [`e${index}`, of(example)]));
  let remaining = Array.from({ length: plan.finalists }, (_, index) => String(index));
  let earlier: Record<string, number> = {};
  let measured = 0;
  for (let look = 0; remaining.length > 0; look++) {
    const { examples } = looks[look] as (typeof looks)[number];
    measured += (1 + remaining.length) * (examples - (looks[look - 1]?.examples ?? 0));
    const verdict = decideLook({
      looks,
      look,
      incumbent: scores(examples, ({ incumbent }) => incumbent),
      finalists: remaining.map((configurationHash) => ({
        configurationHash,
        scores: scores(examples, ({ finalists }) => finalists[Number(configurationHash)] as number),
      })),
      entered: plan.finalists,
      level,
      earlier,
      seed,
    });
    if (verdict.accepted !== null) return { accepted: Number(verdict.accepted), measured };
    earlier = Object.fromEntries(verdict.comparisons.map(({ configurationHash, p }) => [configurationHash, p]));
    remaining = verdict.remaining;
  }
  return { accepted: null, measured };
}

type DrawExample = (stream: RandomStream, finalists: number) => ExampleScores;

function freshSample(
  draw: DrawExample,
  { examples, finalists }: Pick<SimulatedPlan, 'examples' | 'finalists'>,
  seed: number,
): ExampleScores[] {
  const stream = randomStream(seed, 'simulated-iteration');
  return Array.from({ length: examples }, () => draw(stream, finalists));
}

/**
 * The samples of a run's iterations from one validation split, as a run draws them: the incumbent's score of an example is the same in
 * every iteration, and every iteration has finalists of its own.
 */
export function samplesOfPool(law: NullLaw, plan: SimulatedPlan & { pool: number }, seed: number): ExampleScores[][] {
  const { iterations, finalists, examples } = plan;
  const stream = randomStream(seed, law.name, 'pool');
  const pool = Array.from({ length: plan.pool }, () => law.draw(stream, finalists * iterations));
  return Array.from({ length: iterations }, (_, iteration) =>
    stream.sample(pool, Math.min(examples, pool.length)).map((example) => ({
      incumbent: example.incumbent,
      finalists: example.finalists.slice(iteration * finalists, (iteration + 1) * finalists),
    })),
  );
}

/** Whether a run in which no candidate is better accepts anything. */
export function acceptsAnything(law: NullLaw, plan: SimulatedPlan, seed: number): boolean {
  const before: PastTest[] = [];
  const { pool } = plan;
  const samples = pool === undefined ? undefined : samplesOfPool(law, { ...plan, pool }, seed);
  for (let iteration = 0; iteration < plan.iterations; iteration++) {
    const level = levelOf({ alpha: plan.alpha, iterations: plan.iterations, iteration, before });
    const iterationSeed = randomStream(seed, law.name, iteration).integer(2 ** 32);
    const sample = samples?.[iteration] ?? freshSample(law.draw, plan, iterationSeed);
    const { accepted } = simulateIteration({ sample, plan, level, seed: iterationSeed });
    if (accepted !== null) return true;
    before.push({ iteration, accepted: false, level });
  }
  return false;
}

/** Share of simulated iterations that accept the one finalist that gains, at the level of a run without acceptances so far. */
export function power(
  law: GainLaw,
  plan: SimulatedPlan,
  { winning = winningShare(law, 0.5), repeats, seed }: { winning?: number; repeats: number; seed: number },
): { share: number; measured: number } {
  const level = levelOf({ alpha: plan.alpha, iterations: plan.iterations, iteration: 0, before: [] });
  let accepted = 0;
  let measured = 0;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const iterationSeed = randomStream(seed, 'power', law.name, repeat).integer(2 ** 32);
    const sample = freshSample((stream, finalists) => drawGain(law, winning, stream, finalists), plan, iterationSeed);
    const found = simulateIteration({ sample, plan, level, seed: iterationSeed });
    if (found.accepted === 0) accepted++;
    measured += found.measured;
  }
  return { share: accepted / repeats, measured: measured / repeats };
}
