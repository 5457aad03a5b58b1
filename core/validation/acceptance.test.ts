import { randomStream, type RandomStream } from '../random/stream';
import { decideAcceptance } from './acceptance';

const scores = (values: readonly number[]): Record<string, number> =>
  Object.fromEntries(values.map((value, index) => [`e${index}`, value]));
const constant = (value: number, n = 20): Record<string, number> => scores(new Array<number>(n).fill(value));
const reversed = (record: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(record).reverse());

function noisy(stream: RandomStream, n: number, p: number): Record<string, number> {
  return scores(Array.from({ length: n }, () => (stream.uniform() < p ? 1 : 0)));
}

describe('decideAcceptance', () => {
  it('accepts the best of the finalists that pass', () => {
    const decision = decideAcceptance({
      incumbent: constant(0.2),
      finalists: [
        { configurationHash: 'good', scores: constant(0.5) },
        { configurationHash: 'best', scores: constant(0.7) },
        { configurationHash: 'worse', scores: constant(0.1) },
      ],
      alpha: 0.05,
      seed: 1,
    });
    expect(decision.accepted).toBe('best');
    expect(decision.reason).toMatch(/gain \+0\.5000 on 20 examples, p = .* <= 0\.05/);
    expect(decision.comparisons.map((item) => item.configurationHash)).toEqual(['best', 'good', 'worse']);
    expect(decision.comparisons[0]).toMatchObject({ before: expect.closeTo(0.2), after: expect.closeTo(0.7) });
    // Three finalists: the smallest p that 10,000 flips can give, times 3.
    expect(decision.comparisons[0]?.p).toBeCloseTo(3 / 10_001, 8);
  });

  it('depends neither on the order of finalists nor on that of examples', () => {
    const stream = randomStream(4, 'order');
    const incumbent = noisy(stream, 30, 0.4);
    const finalists = ['c', 'a', 'b'].map((hash) => ({ configurationHash: hash, scores: noisy(stream, 30, 0.7) }));
    const first = decideAcceptance({ incumbent, finalists, alpha: 0.2, seed: 2 });
    const second = decideAcceptance({
      incumbent: reversed(incumbent),
      finalists: [...finalists].reverse().map((item) => ({ ...item, scores: reversed(item.scores) })),
      alpha: 0.2,
      seed: 2,
    });
    expect(second).toEqual(first);
  });

  it('decides equal gains by hash', () => {
    const finalists = ['z', 'm', 'a'].map((hash) => ({ configurationHash: hash, scores: constant(0.9) }));
    expect(decideAcceptance({ incumbent: constant(0.1), finalists, alpha: 0.05, seed: 0 }).accepted).toBe('a');
  });

  it('never accepts a no-op, a loss, chance, or a gain below the minimum effect, and says which it was', () => {
    const decide = (after: Record<string, number>, minimumEffect = 0) =>
      decideAcceptance({
        incumbent: constant(0.5, Object.keys(after).length),
        finalists: [{ configurationHash: 'x', scores: after }],
        alpha: 0.05,
        minimumEffect,
        seed: 0,
      });
    expect(decide(constant(0.5))).toMatchObject({ accepted: null, reason: expect.stringContaining('no finalist') });
    expect(decide(constant(0.4)).accepted).toBeNull();
    const half = scores(Array.from({ length: 20 }, (_, index) => (index < 11 ? 0.6 : 0.4)));
    expect(decide(half)).toMatchObject({ accepted: null, reason: expect.stringContaining('may be chance') });
    expect(decide(constant(0.52), 0.05).reason).toContain('below the minimum effect 0.05');
    expect(decide(constant(0.56), 0.05).accepted).toBe('x');
    expect(decide(constant(1, 3)).reason).toContain('3 examples cannot show a gain at alpha 0.05');
    expect(decide(constant(1, 3)).reason).toContain('at least 5 are needed');
  });

  it('takes the best finalist that passes when a higher gain is not significant', () => {
    const lucky = scores(Array.from({ length: 20 }, (_, index) => (index < 12 ? 1 : index < 16 ? 0 : 0.6)));
    const steady = constant(0.6);
    const decision = decideAcceptance({
      incumbent: constant(0.5),
      finalists: [
        { configurationHash: 'lucky', scores: lucky },
        { configurationHash: 'steady', scores: steady },
      ],
      alpha: 0.01,
      seed: 0,
    });
    expect(decision.comparisons[0]?.configurationHash).toBe('lucky');
    expect(decision.accepted).toBe('steady');
  });

  it('accepts anything in at most about alpha of decisions when none of 5 finalists is better', () => {
    const stream = randomStream(6, 'familywise');
    let accepted = 0;
    const runs = 300;
    for (let run = 0; run < runs; run++) {
      const finalists = Array.from({ length: 5 }, (_, index) => ({
        configurationHash: `f${index}`,
        scores: noisy(stream, 10, 0.5),
      }));
      const decision = decideAcceptance({ incumbent: noisy(stream, 10, 0.5), finalists, alpha: 0.1, seed: run });
      if (decision.accepted !== null) accepted++;
    }
    expect(accepted / runs).toBeLessThan(0.1 + 3 * Math.sqrt(0.09 / runs));
  });

  it('adjusts for finalists that entered and were dropped since', () => {
    const decide = (entered: number, n: number) =>
      decideAcceptance({
        incumbent: constant(0.5, n),
        finalists: [{ configurationHash: 'x', scores: constant(1, n) }],
        entered,
        alpha: 0.05,
        seed: 0,
      });
    expect(decide(1, 5)).toMatchObject({ accepted: 'x', comparisons: [{ p: 1 / 32 }] });
    expect(decide(4, 5)).toMatchObject({ accepted: null, comparisons: [{ p: 4 / 32 }] });
    expect(decide(4, 5).reason).toContain('with 4 finalist(s); at least 7 are needed');
    expect(decide(4, 7).accepted).toBe('x');
  });

  it('widens the intervals with the number of finalists', () => {
    const stream = randomStream(7, 'simultaneous');
    const incumbent = noisy(stream, 30, 0.4);
    const finalists = Array.from({ length: 8 }, (_, index) => ({
      configurationHash: `f${index}`,
      scores: noisy(stream, 30, 0.6),
    }));
    const alone = decideAcceptance({ incumbent, finalists: finalists.slice(0, 1), alpha: 0.05, seed: 0 });
    const among = decideAcceptance({ incumbent, finalists, alpha: 0.05, seed: 0 });
    const width = ([low, high]: [number, number]): number => high - low;
    const same = among.comparisons.find((item) => item.configurationHash === 'f0');
    expect(width(same!.ci95)).toBeGreaterThan(1.2 * width(alone.comparisons[0]!.ci95));
  });

  it('refuses bad input, naming what is wrong', () => {
    const incumbent = { a: 1, b: 0 };
    const one = { configurationHash: 'x', scores: { a: 1 } };
    expect(() => decideAcceptance({ incumbent, finalists: [one], alpha: 0.05, seed: 0 })).toThrow(
      /finalist x: .*'after' lacks 'b'/,
    );
    expect(() => decideAcceptance({ incumbent, finalists: [one, one], alpha: 0.05, seed: 0 })).toThrow(
      'two finalists have the hash x',
    );
    expect(() => decideAcceptance({ incumbent, finalists: [], alpha: 0, seed: 0 })).toThrow('alpha must be between');
    expect(decideAcceptance({ incumbent, finalists: [], alpha: 0.05, seed: 0 }).reason).toBe('there were no finalists');
  });
});
