import { certify, type ComponentEvidence } from './certificate';
import { randomStream, type RandomStream } from '../random/stream';
import { meanUpperBound } from './mean-upper-bound';
import { mean } from './moments';

const gains = (...values: number[]) => new Map(values.map((value, index) => [`e${index}`, value]));
const evidence = (
  measured: Record<string, readonly number[]>,
  { tried = Object.keys(measured).length, earlier = 0 } = {},
): ComponentEvidence => ({
  tried,
  earlier,
  measured: new Map(Object.entries(measured).map(([hash, values]) => [hash, gains(...values)])),
});
const zeros = new Array<number>(24).fill(0);
const worse = new Array<number>(24).fill(-0.5);
const good = [...new Array<number>(12).fill(0), ...new Array<number>(12).fill(0.5)];
const delta = 0.05;

it("takes each component's largest bound, all at once with the headroom", () => {
  const heldOutScores = new Array<number>(200).fill(0);
  const components = {
    writer: evidence({ a: zeros, b: good }, { tried: 5, earlier: 1 }),
    picker: evidence({ c: worse }),
  };
  const certificate = certify({ components, heldOutScores, delta });
  const share = delta / 4;
  const bound = (values: readonly number[]) => meanUpperBound(values, { delta: share });
  expect(certificate).toEqual({
    delta,
    bounds: 4,
    dearest: 0,
    headroom: 1,
    epsilon: bound(good),
    components: {
      writer: {
        ...{ epsilon: bound(good), candidate: 'b', tried: 5, measured: 2, rankedByRewardOnly: 2, earlierOnly: 1 },
        ...{ epsilonWithoutGains: bound(zeros), epsilonOfTried: 1 },
        candidates: [
          { configurationHash: 'b', examples: 24, meanGain: 0.25, bound: bound(good) },
          { configurationHash: 'a', examples: 24, meanGain: 0, bound: bound(zeros) },
        ],
      },
      picker: {
        // Surely worse: it improves nothing, by any epsilon.
        ...{ epsilon: 0, candidate: 'c', tried: 1, measured: 1, rankedByRewardOnly: 0, earlierOnly: 0 },
        ...{ epsilonWithoutGains: bound(zeros), epsilonOfTried: 0 },
        candidates: [{ configurationHash: 'c', examples: 24, meanGain: -0.5, bound: bound(worse) }],
      },
    },
  });
  expect(bound(worse)).toBeLessThan(0);
});

it('is capped by what is left to the highest score, which takes a share of delta', () => {
  const heldOutScores = new Array<number>(200).fill(0.9);
  const { headroom, bounds, components } = certify({
    components: { writer: evidence({ a: zeros }), picker: evidence({}) },
    heldOutScores,
    delta,
  });
  expect(bounds).toBe(2);
  expect(headroom).toBe(
    meanUpperBound(
      heldOutScores.map((score) => 1 - score),
      { delta: delta / 2, bounds: [0, 1] },
    ),
  );
  expect(headroom).toBeLessThan(meanUpperBound(zeros, { delta: delta / 2 }));
  expect(components).toMatchObject({
    writer: { epsilon: headroom, epsilonWithoutGains: headroom },
    picker: { epsilon: headroom, candidate: null, epsilonWithoutGains: null },
  });
});

it('names the candidate of which the least is excluded, also where the headroom caps several', () => {
  const { components } = certify({
    components: { writer: evidence({ a: zeros, b: good }) },
    heldOutScores: new Array<number>(200).fill(0.9),
    delta,
  });
  const { candidate, candidates } = components['writer'] as NonNullable<(typeof components)[string]>;
  expect(new Set(candidates.map(({ bound }) => bound)).size).toBe(1);
  expect(candidate).toBe('b');
});

it('claims nothing where nothing was measured', () => {
  const components = { writer: evidence({}, { tried: 3, earlier: 1 }) };
  expect(certify({ components, heldOutScores: [], delta })).toEqual({
    ...{ delta, bounds: 0, dearest: 0, headroom: 1, epsilon: 1 },
    components: {
      writer: {
        ...{
          epsilon: 1,
          candidate: null,
          epsilonWithoutGains: null,
          epsilonOfTried: 1,
          tried: 3,
          measured: 0,
          rankedByRewardOnly: 2,
          earlierOnly: 1,
        },
        candidates: [],
      },
    },
  });
});

describe('where a price counts', () => {
  it('counts gains up to 1 and what the dearest example costs, losses whole, and has that much more to gain', () => {
    const heldOutScores = new Array<number>(200).fill(0.9);
    // The first saves more than any held-out example costs, the second costs four times the best score.
    const certificate = certify({
      components: { writer: evidence({ a: [1.7, -4, ...zeros] }), picker: evidence({}) },
      ...{ heldOutScores, dearest: 0.5, delta },
    });
    const counted = [1.5, -4, ...zeros];
    const left = meanUpperBound(
      heldOutScores.map((score) => 1 - score),
      { delta: delta / 2, bounds: [0, 1] },
    );
    const { candidates } = certificate.components['writer'] as (typeof certificate.components)[string];
    expect(certificate).toMatchObject({ dearest: 0.5, headroom: left + 0.5, epsilon: left + 0.5 });
    expect(candidates).toMatchObject([{ examples: 26, meanGain: (1.7 - 4) / 26 }]);
    expect(candidates[0]?.bound).toBe(meanUpperBound(counted, { delta: delta / 2, bounds: [-4, 1.5] }));
    expect(candidates[0]?.bound).toBeLessThan(left + 0.5);
  });

  it('claims nothing where nothing was measured', () => {
    const options = { components: { writer: evidence({}) }, heldOutScores: [], delta };
    expect(certify({ ...options, dearest: 0.5 })).toMatchObject({ headroom: 1.5, epsilon: 1.5 });
  });

  it('holds for prices without a largest value', () => {
    const stream = randomStream(2, 'priced');
    let wrong = 0;
    // Scores and prices of both are drawn alike, so that the true gain is 0. Prices follow a Pareto law with the mean 0.06.
    const price = () => 0.02 * (1 - stream.uniform()) ** (-1 / 1.5);
    for (let repeat = 0; repeat < 200; repeat++) {
      const gainsOf = Array.from({ length: 80 }, () => stream.integer(2) - price() - (stream.integer(2) - price()));
      const { components, headroom } = certify({
        components: { writer: evidence({ a: gainsOf }) },
        heldOutScores: Array.from({ length: 40 }, () => stream.integer(2)),
        dearest: Math.max(...Array.from({ length: 40 }, price)),
        delta,
      });
      // What is left to the highest score at no price is 0.5 and the mean price.
      if ((components['writer']?.candidates[0]?.bound ?? 0) < 0 || headroom < 0.5 + 0.06) wrong++;
    }
    expect(wrong / 200).toBeLessThanOrEqual(delta);
  });
});

it('orders equal bounds by hash, whatever the order of the candidates', () => {
  const candidates = (order: string[]) =>
    certify({
      components: { writer: evidence(Object.fromEntries(order.map((hash) => [hash, zeros]))) },
      heldOutScores: [],
      delta,
    }).components['writer'];
  expect(candidates(['b', 'a'])).toEqual(candidates(['a', 'b']));
  expect(candidates(['b', 'a'])?.candidate).toBe('a');
});

/** Scores of 16 candidates, none better than another, on the same examples. */
const laws: [string, (stream: RandomStream) => number[]][] = [
  ['binary scores', (stream) => Array.from({ length: 16 }, () => stream.integer(2))],
  ['scores that hardly differ', (stream) => Array.from({ length: 16 }, () => 0.5 + (stream.uniform() - 0.5) / 5)],
  ['rare large gains', (stream) => Array.from({ length: 16 }, () => (stream.uniform() < 0.05 ? 1 : 0))],
];
it.each(laws)('is right although the final one was chosen on the same examples as the luckiest: %s', (name, draw) => {
  const stream = randomStream(1, 'chosen', name);
  let wrong = 0;
  for (let repeat = 0; repeat < 40; repeat++) {
    const examples = Array.from({ length: 80 }, () => draw(stream));
    const means = examples[0]?.map((_, candidate) => mean(examples.map((scores) => scores[candidate] as number))) ?? [];
    const chosen = means.indexOf(Math.max(...means));
    const gainsOf = (candidate: number) =>
      examples.map((scores) => (scores[candidate] as number) - (scores[chosen] as number));
    const measured = means.flatMap((_, candidate) =>
      candidate === chosen ? [] : [[`c${candidate}`, gainsOf(candidate)]],
    );
    const { components } = certify({
      components: { writer: evidence(Object.fromEntries(measured) as Record<string, number[]>) },
      heldOutScores: [],
      delta,
    });
    if (components['writer']?.candidates.some(({ bound }) => bound < 0)) wrong++;
  }
  expect(wrong / 40).toBeLessThanOrEqual(delta);
});

it.each<[string, Parameters<typeof certify>[0]]>([
  ['there are no components', { components: {}, heldOutScores: [], delta }],
  [
    "candidate a of 'writer' has no examples",
    { components: { writer: evidence({ a: [] }) }, heldOutScores: [], delta },
  ],
  ['value 0 is 1.5', { components: { writer: evidence({ a: [1.5] }) }, heldOutScores: [], delta }],
  ['the dearest example costs NaN', { components: { writer: evidence({}) }, heldOutScores: [], dearest: NaN, delta }],
  ['expected one in [0, 1]', { components: { writer: evidence({}) }, heldOutScores: [-0.1], delta }],
])('refuses bad input: %s', (message, options) => {
  expect(() => certify(options)).toThrow(message);
});
