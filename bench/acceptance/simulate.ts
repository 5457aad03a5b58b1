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
}

export interface SimulatedIteration {
  /** Number of the accepted finalist, from 0. */
  accepted: number | null;
  /** Examples measured for each configuration, added up. */
  measured: number;
}

/** The validation of one iteration, with the looks and tests of a run. */
export function simulateIteration(options: {
  draw: (stream: RandomStream, finalists: number) => ExampleScores;
  plan: Pick<SimulatedPlan, 'finalists' | 'examples'>;
  level: number;
  seed: number;
}): SimulatedIteration {
  const { draw, plan, level, seed } = options;
  const stream = randomStream(seed, 'simulated-iteration');
  const sample = Array.from({ length: plan.examples }, () => draw(stream, plan.finalists));
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

/** Whether a run in which no candidate is better accepts anything. */
export function acceptsAnything(law: NullLaw, plan: SimulatedPlan, seed: number): boolean {
  const before: PastTest[] = [];
  for (let iteration = 0; iteration < plan.iterations; iteration++) {
    const level = levelOf({ alpha: plan.alpha, iterations: plan.iterations, iteration, before });
    const iterationSeed = randomStream(seed, law.name, iteration).integer(2 ** 32);
    const { accepted } = simulateIteration({ draw: law.draw, plan, level, seed: iterationSeed });
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
    const found = simulateIteration({
      draw: (stream, finalists) => drawGain(law, winning, stream, finalists),
      plan,
      level,
      seed: randomStream(seed, 'power', law.name, repeat).integer(2 ** 32),
    });
    if (found.accepted === 0) accepted++;
    measured += found.measured;
  }
  return { share: accepted / repeats, measured: measured / repeats };
}
