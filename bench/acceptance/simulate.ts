import { randomStream, type RandomStream } from '../../core/random/stream';
import { levelOf, type PastTest } from '../../core/validation/online-fallback';
import { validateLookByLook } from '../validate-look-by-look';
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
  const ids = sample.map((_, index) => `e${String(index).padStart(4, '0')}`);
  let measured = 0;
  let before = 0;
  const verdict = validateLookByLook({
    finalists: Array.from({ length: plan.finalists }, (_, index) => String(index)),
    ...{ count: plan.examples, level, seed },
    measure: (remaining, examples) => {
      measured += (1 + remaining.length) * (examples - before);
      before = examples;
      const seen = sample.slice(0, examples);
      const scores = (of: (example: ExampleScores) => number): ReadonlyMap<string, number> =>
        new Map(seen.map((example, index) => [ids[index] as string, of(example)]));
      return {
        incumbent: scores(({ incumbent }) => incumbent),
        finalists: remaining.map((configurationHash) => ({
          configurationHash,
          scores: scores(({ finalists }) => finalists[Number(configurationHash)] as number),
        })),
      };
    },
  });
  const accepted = verdict?.accepted ?? null;
  return { accepted: accepted === null ? null : Number(accepted), measured };
}

type DrawExample = (stream: RandomStream, finalists: number) => ExampleScores;

export function freshSample(
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
    sampleOfPool(pool, { examples, finalists, from: iteration * finalists }, stream),
  );
}

/** A sample of a split with some of its finalists, from place `from` on. */
export function sampleOfPool(
  pool: readonly ExampleScores[],
  { examples, finalists, from }: Pick<SimulatedPlan, 'examples' | 'finalists'> & { from: number },
  stream: RandomStream,
): ExampleScores[] {
  return stream.sample(pool, Math.min(examples, pool.length)).map(({ incumbent, finalists: all }) => ({
    incumbent,
    finalists: all.slice(from, from + finalists),
  }));
}

/** Whether a run in which no candidate is better accepts anything. */
export function acceptsAnything(law: NullLaw, plan: SimulatedPlan, seed: number): boolean {
  const { pool } = plan;
  const samples = pool === undefined ? undefined : samplesOfPool(law, { ...plan, pool }, seed);
  return acceptsFalsely(plan, [], (iteration) => {
    const iterationSeed = randomStream(seed, law.name, iteration).integer(2 ** 32);
    return { seed: iterationSeed, sample: samples?.[iteration] ?? freshSample(law.draw, plan, iterationSeed) };
  });
}

/** Whether a run accepts anything in the iterations that follow on those of `past`, where no candidate is better. */
export function acceptsFalsely(
  plan: SimulatedPlan,
  past: readonly PastTest[],
  of: (iteration: number) => { sample: readonly ExampleScores[]; seed: number },
): boolean {
  const { alpha, iterations } = plan;
  const before = [...past];
  for (let iteration = past.length; iteration < iterations; iteration++) {
    const level = levelOf({ alpha, iterations, iteration, before });
    if (simulateIteration({ ...of(iteration), plan, level }).accepted !== null) return true;
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
