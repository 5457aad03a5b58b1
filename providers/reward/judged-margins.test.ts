import { randomStream } from '../../core/random/stream';
import { lossOfMargins, ordersBetter, type JudgedPairs } from './judged-margins';

/** So many inputs of four pairs. */
function pairsOf(inputs: number): JudgedPairs {
  return {
    weights: new Array<number>(4 * inputs).fill(0.25),
    groups: Array.from({ length: 4 * inputs }, (_, pair) => pair >> 2),
  };
}

/** Normal margins around `mean`. */
function marginsOf(inputs: number, mean: number, seed: number | string): number[] {
  const stream = randomStream(1, 'margins', seed);
  return Array.from({ length: 4 * inputs }, () => mean + stream.normal());
}

describe('lossOfMargins', () => {
  it('is the weighted loss of a pair, and finite for any margin', () => {
    expect(lossOfMargins([2, -1], [0.5, 1])).toBeCloseTo(0.5 * Math.log1p(Math.exp(-2)) + Math.log1p(Math.exp(1)));
    expect(lossOfMargins([2, -1], [0.5, 1], 3)).toBeCloseTo(0.5 * Math.log1p(Math.exp(-6)) + Math.log1p(Math.exp(3)));
    expect(lossOfMargins([-5_000], [1])).toBe(5_000);
    expect(lossOfMargins([], [])).toBe(0);
  });
});

describe('ordersBetter', () => {
  it('tells an order that is better from one that is not', () => {
    const pairs = pairsOf(40);
    const [poor, good] = [marginsOf(40, -1, 'poor'), marginsOf(40, 1, 'good')];
    expect(ordersBetter(pairs, poor, good)).toBe(true);
    expect(ordersBetter(pairs, good, poor)).toBe(false);
    expect(ordersBetter(pairs, good, good)).toBe(false);
  });

  it('takes no smaller rewards for a better order: the loss of noise falls, the order stays what it is', () => {
    const pairs = pairsOf(40);
    const noise = marginsOf(40, 0, 'noise').map((margin) => 5 * margin);
    const smaller = noise.map((margin) => margin / 10);
    expect(lossOfMargins(smaller, pairs.weights)).toBeLessThan(0.5 * lossOfMargins(noise, pairs.weights));
    expect(ordersBetter(pairs, noise, smaller)).toBe(false);
    expect(ordersBetter(pairs, smaller, noise)).toBe(false);
  });

  it('is seldom sure of one noise over another', () => {
    let sure = 0;
    for (let repeat = 0; repeat < 300; repeat++) {
      if (ordersBetter(pairsOf(30), marginsOf(30, 0, `a${repeat}`), marginsOf(30, 0, `b${repeat}`))) sure++;
    }
    expect(sure).toBeGreaterThan(0);
    // At most three in ten by the confidence; fewer, as the scale of an order that is worse than chance is 0.
    expect(sure).toBeLessThanOrEqual(45);
  });

  it('asks inputs, not pairs: many pairs of few inputs are not many voices', () => {
    const one: JudgedPairs = { weights: new Array<number>(160).fill(1), groups: new Array<number>(160).fill(0) };
    expect(ordersBetter(one, marginsOf(40, -1, 'poor'), marginsOf(40, 1, 'good'))).toBe(false);
    expect(ordersBetter({ weights: [], groups: [] }, [], [])).toBe(false);
  });

  it('weighs pairs', () => {
    const pairs = pairsOf(40);
    // The heavy half gets better, the light half worse.
    const half = pairs.groups.map((_, place) => place % 2 === 0);
    const weights = half.map((heavy) => (heavy ? 1 : 0.01));
    const [was, is] = [half.map((heavy) => (heavy ? -1 : 1)), half.map((heavy) => (heavy ? 1 : -1))];
    const noise = marginsOf(40, 0, 'noise').map((value) => value / 10);
    const shaken = (values: number[]): number[] => values.map((value, place) => value + (noise[place] as number));
    expect(ordersBetter({ ...pairs, weights }, shaken(was), shaken(is))).toBe(true);
    expect(ordersBetter({ ...pairs, weights }, shaken(is), shaken(was))).toBe(false);
  });

  it('copes with margins that are all right, all 0, or large', () => {
    const pairs = pairsOf(10);
    const right = marginsOf(10, 20, 'right');
    const nothing = new Array<number>(40).fill(0);
    expect(ordersBetter(pairs, nothing, right)).toBe(true);
    expect(ordersBetter(pairs, right, nothing)).toBe(false);
    expect(
      ordersBetter(
        pairs,
        right.map((margin) => -1e6 * margin),
        right.map((margin) => 1e6 * margin),
      ),
    ).toBe(true);
  });
});
