import { randomStream, type RandomStream } from '../../core/random/stream';
import { levelOf } from '../../core/validation/online-fallback';
import { binaryExample, f1, type ExampleScores, type ScoreOf } from './score-laws';
import { acceptsFalsely, freshSample, sampleOfPool, simulateIteration, type SimulatedPlan } from './simulate';

/**
 * How scores come about where the first finalist of the first iteration is better and nobody after it is: a configuration answers an
 * example as the one that it was made from on half of them, else afresh; the better one's fresh answers are perfect in `lift` of the cases
 * in which it would have answered as the others do.
 */
export interface GainFirstLaw {
  name: string;
  /** Scores of one example, of configurations as good as the first incumbent. */
  example: (stream: RandomStream) => ScoreOf;
  /** Such that the better one's mean difference is 0.5 standard deviations of the paired differences. */
  lift: number;
}

export const gainFirstLaws: readonly GainFirstLaw[] = [
  { name: 'binary', example: binaryExample, lift: 0.8757 },
  { name: 'F1', example: () => f1, lift: 0.778 },
];

/** One example's scores in the first iteration, and once its better finalist is the incumbent. */
export interface GainFirstExample {
  first: ExampleScores;
  later: ExampleScores;
}

export function drawGainFirst(
  { example, lift }: GainFirstLaw,
  stream: RandomStream,
  { first, later }: { first: number; later: number },
): GainFirstExample {
  const score = example(stream);
  const lifted = (share: number): number => (stream.uniform() < share ? 1 : score(stream));
  const made = (from: number, share: number): number => (stream.uniform() < 0.5 ? from : lifted(share));
  const incumbent = score(stream);
  const better = made(incumbent, lift);
  return {
    first: { incumbent, finalists: [better, ...Array.from({ length: first - 1 }, () => made(incumbent, 0))] },
    // Half of the better one's answers are the old incumbent's: it is as good as fresh answers of half the lift.
    later: { incumbent: better, finalists: Array.from({ length: later }, () => made(better, lift / 2)) },
  };
}

/** Whether a run accepts anything after its better candidate; null where it did not accept that one. */
export function acceptsAfterGain(law: GainFirstLaw, plan: SimulatedPlan, seed: number): boolean | null {
  const { alpha, iterations, finalists, examples } = plan;
  const samples = samplesOf(law, plan, seed);
  const of = (iteration: number) => ({
    sample: samples(iteration),
    seed: randomStream(seed, law.name, 'after-gain', iteration).integer(2 ** 32),
  });
  const level = levelOf({ alpha, iterations, iteration: 0, before: [] });
  const { accepted } = simulateIteration({ ...of(0), plan: { finalists, examples }, level });
  return accepted === 0 ? acceptsFalsely(plan, [{ iteration: 0, accepted: true, level }], of) : null;
}

/** The samples of a run's iterations: of fresh examples, or of one split, as `samplesOfPool` draws them. */
function samplesOf(
  law: GainFirstLaw,
  { finalists, iterations, examples, ...plan }: SimulatedPlan,
  seed: number,
): (iteration: number) => ExampleScores[] {
  const part = (iteration: number) => (example: GainFirstExample) => (iteration === 0 ? example.first : example.later);
  if (plan.pool === undefined) {
    return (iteration) =>
      freshSample(
        (stream) => part(iteration)(drawGainFirst(law, stream, { first: finalists, later: finalists })),
        { examples, finalists },
        randomStream(seed, law.name, 'gain-first', iteration).integer(2 ** 32),
      );
  }
  const stream = randomStream(seed, law.name, 'gain-first');
  const pool = Array.from({ length: plan.pool }, () =>
    drawGainFirst(law, stream, { first: finalists, later: finalists * (iterations - 1) }),
  );
  return (iteration) => {
    const from = Math.max(0, iteration - 1) * finalists;
    return sampleOfPool(pool.map(part(iteration)), { examples, finalists, from }, stream);
  };
}
