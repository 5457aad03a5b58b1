import { randomStream, type RandomStream } from '../random/stream';
import { decideLook, gainInterval, type LookOptions, type LookVerdict } from './acceptance';
import { looksAt } from './looks';

type Scores = Record<string, number>;

const scores = (values: readonly number[]): Scores =>
  Object.fromEntries(values.map((value, index) => [`e${index}`, value]));
const constant = (value: number, n = 20): Scores => scores(new Array<number>(n).fill(value));
const reversed = (record: Scores): Scores => Object.fromEntries(Object.entries(record).reverse());
const noisy = (stream: RandomStream, n: number, p: number): Scores =>
  scores(Array.from({ length: n }, () => (stream.uniform() < p ? 1 : 0)));
const finalistsOf = (all: Record<string, Scores>): LookOptions['finalists'] =>
  Object.entries(all).map(([configurationHash, of]) => ({ configurationHash, scores: of }));

/** The last look at a sample of 20, unless told otherwise. */
function decide(options: Partial<LookOptions> & { finalists: LookOptions['finalists'] }): LookVerdict {
  const looks = options.looks ?? looksAt(20);
  return decideLook({
    looks,
    look: looks.length - 1,
    incumbent: constant(0.5),
    entered: options.finalists.length,
    level: 0.05,
    seed: 1,
    ...options,
  });
}

describe('the last look', () => {
  it('accepts the best of the finalists that pass', () => {
    const finalists = finalistsOf({ good: constant(0.6), best: constant(0.8), worse: constant(0.1) });
    const verdict = decide({ finalists });
    expect(verdict).toMatchObject({ accepted: 'best', remaining: [] });
    expect(verdict.reason).toMatch(/^gain \+0\.3000 at look 3 of 3, on 20 examples: p = .* <= 0\.05$/);
    expect(verdict.comparisons.map((item) => item.configurationHash)).toEqual(['best', 'good', 'worse']);
    expect(verdict.comparisons[0]).toMatchObject({ before: expect.closeTo(0.5), after: expect.closeTo(0.8) });
  });

  it('depends neither on the order of finalists nor on that of examples', () => {
    const stream = randomStream(4, 'order');
    const incumbent = noisy(stream, 20, 0.4);
    const all = ['c', 'a', 'b'].map((hash) => [hash, noisy(stream, 20, 0.7)] as const);
    const first = decide({ incumbent, finalists: finalistsOf(Object.fromEntries(all)) });
    const turned = all.toReversed().map(([hash, of]) => [hash, reversed(of)] as const);
    const second = decide({
      incumbent: reversed(incumbent),
      finalists: finalistsOf(Object.fromEntries(turned)),
    });
    expect(second).toEqual(first);
  });

  it('decides equal gains by hash', () => {
    const finalists = finalistsOf({ z: constant(0.9), m: constant(0.9), a: constant(0.9) });
    expect(decide({ finalists }).accepted).toBe('a');
  });

  it('takes the best finalist that passes when a higher gain is not significant', () => {
    const lucky = scores(Array.from({ length: 20 }, (_, index) => (index < 12 ? 1 : index < 16 ? 0 : 0.6)));
    const verdict = decide({ finalists: finalistsOf({ lucky, steady: constant(0.6) }), level: 0.01 });
    expect(verdict.comparisons[0]?.configurationHash).toBe('lucky');
    expect(verdict.accepted).toBe('steady');
  });

  it('never accepts a no-op, a loss, chance, or a gain below the minimum effect, and says which it was', () => {
    const of = (after: Scores, minimumEffect = 0) => {
      const n = Object.keys(after).length;
      return decide({
        incumbent: constant(0.5, n),
        finalists: finalistsOf({ x: after }),
        looks: looksAt(n),
        minimumEffect,
      });
    };
    expect(of(constant(0.5))).toMatchObject({ accepted: null, reason: expect.stringContaining('no finalist scored') });
    expect(of(constant(0.4)).accepted).toBeNull();
    const half = scores(Array.from({ length: 20 }, (_, index) => (index < 11 ? 0.6 : 0.4)));
    expect(of(half)).toMatchObject({ accepted: null, reason: expect.stringContaining('may be chance') });
    expect(of(constant(0.52), 0.05).reason).toContain('below the minimum effect 0.05');
    expect(of(constant(0.56), 0.05).accepted).toBe('x');
    expect(of(constant(1, 3)).reason).toBe(
      '3 examples cannot show a gain at level 0.05 with 1 finalist(s): at least 5 are needed',
    );
    expect(of(constant(1, 5)).accepted).toBe('x');
  });

  it('adjusts p for the finalists that entered, also those dropped since, and for the share of the look', () => {
    const of = (n: number, entered: number) =>
      decide({
        incumbent: constant(0.5, n),
        finalists: finalistsOf({ x: constant(1, n) }),
        looks: looksAt(n),
        entered,
      });
    expect(of(5, 1)).toMatchObject({ accepted: 'x', comparisons: [{ p: 1 / 32 }] });
    expect(of(5, 4)).toMatchObject({ accepted: null, comparisons: [{ p: 4 / 32 }] });
    expect(of(5, 4).reason).toContain('with 4 finalist(s): at least 7 are needed');
    expect(of(7, 4).accepted).toBe('x');
    expect(of(12, 2).comparisons[0]?.p).toBeCloseTo(2 / 4096 / 0.9, 12);
  });

  it('accepts what was significant before, but too small to be worth it, once it has grown', () => {
    const finalists = finalistsOf({ x: scores(Array.from({ length: 20 }, (_, index) => (index < 11 ? 0.6 : 0.42))) });
    expect(decide({ finalists }).accepted).toBeNull();
    expect(decide({ finalists, earlier: { x: 0.01 } })).toMatchObject({ accepted: 'x', comparisons: [{ p: 0.01 }] });
  });
});

describe('a look before the last', () => {
  const looks = looksAt(80);
  const all = {
    best: constant(0.56),
    good: scores(Array.from({ length: 20 }, (_, index) => (index < 11 ? 0.6 : 0.45))),
    even: constant(0.5),
    worse: constant(0.4),
    last: constant(0.3),
  };

  it('only drops at first: the worse half, and those that trail', () => {
    const verdict = decide({ looks, look: 0, finalists: finalistsOf(all) });
    expect(verdict).toMatchObject({ accepted: null, remaining: ['best', 'good', 'even'] });
    expect(verdict.reason).toBe('3 of 5 finalists go on at look 1 of 3, on 20 examples');
    expect(verdict.comparisons.map(({ p }) => p)).toEqual([1, 1, 1, 1, 1]);
    const trailing = { worse: all.worse, last: all.last, best: all.best };
    expect(decide({ looks, look: 0, finalists: finalistsOf(trailing) }).remaining).toEqual(['best']);
    const three = { even: all.even, good: all.good, best: all.best };
    expect(decide({ looks, look: 0, finalists: finalistsOf(three) }).remaining).toEqual(['best', 'good']);
    expect(decide({ looks, look: 0, finalists: finalistsOf({ best: all.best, good: all.good }) }).remaining).toEqual([
      'best',
    ]);
  });

  it('keeps a finalist that ties at first, and drops it where it still does at half of the sample', () => {
    const finalists = (examples: number): LookOptions['finalists'] => finalistsOf({ even: constant(0.5, examples) });
    expect(decide({ looks, look: 0, finalists: finalists(20) })).toMatchObject({
      remaining: ['even'],
      reason: '1 of 1 finalists go on at look 1 of 3, on 20 examples',
    });
    expect(decide({ looks, look: 1, incumbent: constant(0.5, 40), finalists: finalists(40) })).toMatchObject({
      accepted: null,
      remaining: [],
      reason: 'no finalist scored above the incumbent at look 2 of 3, on 40 examples (best +0.0000)',
    });
  });

  it('takes differences that sum to nothing but for rounding for a tie', () => {
    const differences = [0.4, -0.1, -0.3];
    expect(differences[0]! + differences[1]! + differences[2]!).not.toBe(0);
    const tying = (examples: number): LookOptions['finalists'] =>
      finalistsOf({
        up: scores(Array.from({ length: examples }, (_, index) => 0.5 + (differences[index] ?? 0))),
        down: scores(Array.from({ length: examples }, (_, index) => 0.5 - (differences[index] ?? 0))),
      });
    const first = tying(20).map((finalist) => decide({ looks, look: 0, finalists: [finalist] }).remaining);
    expect(first).toEqual([['up'], ['down']]);
    const later = tying(40).map(
      (finalist) => decide({ looks, look: 1, incumbent: constant(0.5, 40), finalists: [finalist] }).remaining,
    );
    expect(later).toEqual([[], []]);
  });

  it('ends the validation where all trail', () => {
    const verdict = decide({ looks, look: 0, finalists: finalistsOf({ worse: all.worse, last: all.last }) });
    expect(verdict).toMatchObject({ accepted: null, remaining: [] });
    expect(verdict.reason).toBe('no finalist scored above the incumbent at look 1 of 3, on 20 examples (best -0.1000)');
  });

  it('accepts at once from half of the sample on, at its share of the level', () => {
    const clear = constant(0.7, 40);
    const options = { looks, look: 1, incumbent: constant(0.5, 40), entered: 3, level: 0.001 };
    const verdict = decide({ ...options, finalists: finalistsOf({ clear, good: constant(0.6, 40) }) });
    expect(verdict).toMatchObject({ accepted: 'clear', remaining: [] });
    expect(verdict.reason).toContain('at look 2 of 3, on 40 examples');
    const barely = scores(Array.from({ length: 40 }, (_, index) => (index < 31 ? 0.6 : 0.4)));
    expect(decide({ ...options, finalists: finalistsOf({ barely }) })).toMatchObject({
      accepted: null,
      remaining: ['barely'],
    });
  });
});

describe('gainInterval', () => {
  const differences = Array.from({ length: 40 }, (_, index) => 0.2 + 0.5 * Math.sin(index * 1.7));
  const width = (looks: number, entered: number): number => {
    const [low, high] = gainInterval(differences, { looks, entered, bounds: null, seed: 0 }) as [number, number];
    return high - low;
  };

  it('is wider the more looks and finalists it holds for', () => {
    expect(width(3, 1)).toBeGreaterThan(1.1 * width(1, 1));
    expect(width(3, 8)).toBeGreaterThan(1.2 * width(3, 1));
  });

  it('claims nothing where the sample is too small for such confidence', () => {
    const of = (few: number[], bounds: [number, number] | null) =>
      gainInterval(few, { looks: 3, entered: 3, bounds, seed: 0 });
    expect(of([0.5, 0.4, 0.6, 0.5, 0.5, 0.4], [-1, 1])).toEqual([-1, 1]);
    // A score less a price may change by any amount: a mean of 3 in six examples bounds nothing.
    expect(of([3, 4, 2, 3, 3, 3], null)).toBeNull();
  });

  it('is the same with and without bounds where the sample is large enough', () => {
    const of = (bounds: [number, number] | null) =>
      gainInterval(differences, { looks: 3, entered: 3, bounds, seed: 0 });
    expect(of(null)).toEqual(of([-1, 1]));
    expect(of(null)).not.toBeNull();
  });

  it('contains the true gain wherever the test stops', () => {
    const stream = randomStream(3, 'coverage');
    const repeats = 300;
    let missed = 0;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const sample = Array.from(
        { length: 40 },
        () => (stream.uniform() < 0.5 ? 1 : 0) - (stream.uniform() < 0.5 ? 1 : 0),
      );
      // Stops at the look that shows the most: the worst that stopping can do.
      const [low, high] = looksAt(40)
        .map(({ examples }) => {
          const options = { looks: 3, entered: 1, bounds: [-1, 1] as [number, number], seed: repeat };
          return gainInterval(sample.slice(0, examples), options) as [number, number];
        })
        .reduce(([a, b], [c, d]) => [Math.max(a, c), Math.min(b, d)]);
      if (low > 0 || high < 0) missed++;
    }
    expect(missed / repeats).toBeLessThan(0.05);
  });
});

it('refuses bad input, naming what is wrong', () => {
  const incumbent = { a: 1, b: 0 };
  const one = { configurationHash: 'x', scores: { a: 1 } };
  expect(() => decide({ incumbent, finalists: [one] })).toThrow(/finalist x: .*'after' lacks 'b'/);
  expect(() => decide({ finalists: [one, one] })).toThrow('two finalists have the hash x');
  expect(() => decide({ finalists: [], level: 0 })).toThrow('the level must be between');
  expect(decide({ finalists: [] }).reason).toBe('there were no finalists');
});
