import type { RandomStream } from '../../core/random/stream';

/** Scores of the incumbent and of finalists on one example; all are in [0, 1]. */
export interface ExampleScores {
  incumbent: number;
  finalists: number[];
}

/** How scores come about where no finalist is better than the incumbent: every mean is the same. */
export interface NullLaw {
  name: string;
  draw(stream: RandomStream, finalists: number): ExampleScores;
}

const partialMatches = [2 / 7, 0.4, 0.5, 4 / 7, 2 / 3, 0.8];

/** Draws scores of one example for one configuration after another. */
export type ScoreOf = (stream: RandomStream) => number;

/** Binary scores: how hard the example is, all configurations share. */
export function binaryExample(stream: RandomStream): ScoreOf {
  const difficulty = stream.uniform();
  return (own) => (own.uniform() < difficulty ? 1 : 0);
}

/** Token F1: a quarter has nothing right, a quarter all, the rest something between. */
export function f1(stream: RandomStream): number {
  const part = stream.uniform();
  return part < 0.25 ? 0 : part < 0.5 ? 1 : stream.choice(partialMatches);
}

/** The finalist answers as the incumbent does on a share of examples, afresh on the others. */
function alike(share: number, score: ScoreOf): NullLaw['draw'] {
  return (stream, finalists) => {
    const incumbent = score(stream);
    return {
      incumbent,
      finalists: Array.from({ length: finalists }, () => (stream.uniform() < share ? incumbent : score(stream))),
    };
  };
}

/** A finalist loses `loss` on a share of examples and gains a little on the others, so that the mean stays. */
function seldomMuchWorse(share: number, loss: number, mirrored = false): NullLaw['draw'] {
  const gain = (loss * share) / (1 - share);
  return (stream, finalists) => {
    const incumbent = mirrored ? 1 - loss : loss;
    const change = (): number => {
      const jitter = 1 + 0.5 * (stream.uniform() - 0.5);
      return (stream.uniform() < share ? -loss : gain) * jitter * (mirrored ? -0.8 : 0.8);
    };
    return { incumbent, finalists: Array.from({ length: finalists }, () => incumbent + change()) };
  };
}

export const nullLaws: readonly NullLaw[] = [
  { name: 'binary', draw: (stream, finalists) => alike(0.5, binaryExample(stream))(stream, finalists) },
  { name: 'F1', draw: alike(0.5, f1) },
  { name: 'skewed: 30 % lose 0.6, 70 % gain', draw: seldomMuchWorse(0.3, 0.6) },
  { name: 'skewed: 20 % lose 0.6, 80 % gain', draw: seldomMuchWorse(0.2, 0.6) },
  { name: 'skewed: 30 % gain 0.6, 70 % lose', draw: seldomMuchWorse(0.3, 0.6, true) },
];

/** A finalist's differences from the incumbent: `size` up, down, or none. */
export interface GainLaw {
  name: string;
  sizes: readonly number[];
  /** Share of examples on which the finalist loses. */
  losing: number;
}

export const gainLaws: readonly GainLaw[] = [
  { name: 'binary, 10 % lose', sizes: [1], losing: 0.1 },
  { name: 'binary, none lose', sizes: [1], losing: 0 },
  { name: 'F1, 10 % lose', sizes: [...partialMatches, 1, 1], losing: 0.1 },
  { name: 'F1, 25 % lose', sizes: [...partialMatches, 1, 1], losing: 0.25 },
];

/** Share of examples on which the finalist gains, for a mean difference of `effect` standard deviations. */
export function winningShare({ sizes, losing }: GainLaw, effect: number): number {
  const moment = (power: number): number => sizes.reduce((sum, size) => sum + size ** power, 0) / sizes.length;
  const reached = (winning: number): number => {
    const mean = (winning - losing) * moment(1);
    return mean / Math.sqrt((winning + losing) * moment(2) - mean ** 2);
  };
  let winning = losing;
  while (winning + losing < 1 && !(reached(winning) >= effect)) winning += 1e-5;
  return winning;
}

/** One example under a gain law: the first finalist gains, the others win as often as they lose. */
export function drawGain(law: GainLaw, winning: number, stream: RandomStream, finalists: number): ExampleScores {
  const difference = (up: number, down: number): number => {
    const part = stream.uniform();
    return part < up ? stream.choice(law.sizes) : part < up + down ? -stream.choice(law.sizes) : 0;
  };
  const even = (winning + law.losing) / 2;
  return {
    incumbent: 0,
    finalists: Array.from({ length: finalists }, (_, index) =>
      index === 0 ? difference(winning, law.losing) : difference(even, even),
    ),
  };
}
