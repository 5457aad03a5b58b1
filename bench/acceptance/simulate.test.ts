import { gainLaws, nullLaws, winningShare } from './score-laws';
import { acceptsAnything, power, samplesOfPool } from './simulate';

jest.setTimeout(120_000);

it.each(nullLaws.map((law) => [law.name, law] as const))(
  'few runs of 10 iterations accept anything where nothing is better: %s',
  (_, law) => {
    const runs = 60;
    const plan = { alpha: 0.05, iterations: 10, finalists: 3, examples: 80 };
    const accepting = Array.from({ length: runs }, (__, seed) => acceptsAnything(law, plan, seed)).filter(Boolean);
    // P(more than 8 of 60 at 5 %) = 0.2 %. Untempered alpha per iteration accepts something in 40 % of runs.
    expect(accepting.length).toBeLessThanOrEqual(8);
  },
);

it('a run draws from one split: an example has the same incumbent score in every iteration, and finalists of its own', () => {
  const [, law] = nullLaws as [unknown, (typeof nullLaws)[number]];
  // Scores that tell examples apart.
  const told = {
    ...law,
    draw: (...given: Parameters<typeof law.draw>) => ({ ...law.draw(...given), incumbent: given[0].uniform() }),
  };
  const plan = { alpha: 0.05, iterations: 3, finalists: 2, examples: 80, pool: 80 };
  const samples = samplesOfPool(told, plan, 1);
  const incumbents = samples.map((sample) => sample.map(({ incumbent }) => incumbent).sort());
  expect(incumbents[1]).toEqual(incumbents[0]);
  expect(new Set(incumbents[0]).size).toBe(80);
  const [first, second] = samples.map((sample) => sample.map(({ finalists }) => finalists));
  expect(first?.every((finalists) => finalists.length === 2)).toBe(true);
  expect(second?.flat().sort()).not.toEqual(first?.flat().sort());
  const all = samplesOfPool(told, { ...plan, pool: 200 }, 1).flat();
  const distinct = new Set(all.map(({ incumbent }) => incumbent)).size;
  expect(distinct).toBeGreaterThan(80);
  expect(distinct).toBeLessThanOrEqual(200);
});

it('few runs accept anything where all iterations share a split of 80 examples and nothing is better', () => {
  const [law] = nullLaws as [(typeof nullLaws)[number]];
  const plan = { alpha: 0.05, iterations: 10, finalists: 3, examples: 80, pool: 80 };
  const accepting = Array.from({ length: 60 }, (__, seed) => acceptsAnything(law, plan, seed)).filter(Boolean);
  expect(accepting.length).toBeLessThanOrEqual(8);
});

it('most gains of half a standard deviation are accepted, sooner where they are larger, and fewer where they are smaller', () => {
  const [law] = gainLaws as [(typeof gainLaws)[number]];
  const plan = { alpha: 0.05, iterations: 10, finalists: 1, examples: 80 };
  const of = (effect: number) => power(law, plan, { winning: winningShare(law, effect), repeats: 60, seed: 1 });
  const [small, target, large] = [of(0.2), of(0.5), of(0.9)];
  expect(target.share).toBeGreaterThanOrEqual(0.8);
  expect(small.share).toBeLessThan(0.5);
  expect(large.share).toBeGreaterThan(0.95);
  expect(large.measured).toBeLessThan(0.8 * target.measured);
});
