import { randomStream } from '../../core/random/stream';
import { mean } from '../../core/validation/moments';
import { acceptsAfterGain, drawGainFirst, gainFirstLaws } from './after-gain';

jest.setTimeout(120_000);

describe.each(gainFirstLaws.map((law) => [law.name, law] as const))('%s', (name, law) => {
  const stream = randomStream(1, name);
  const examples = Array.from({ length: 40_000 }, () => drawGainFirst(law, stream, { first: 2, later: 1 }));
  const gain = (part: 'first' | 'later', finalist: number): number => {
    const differences = examples.map(({ [part]: at }) => (at.finalists[finalist] as number) - at.incumbent);
    const average = mean(differences);
    return average / Math.sqrt(mean(differences.map((difference) => (difference - average) ** 2)));
  };

  it('has one finalist that gains 0.5 standard deviations, and none after it that gains', () => {
    // Standard errors are 0.005.
    expect(Math.abs(gain('first', 0) - 0.5)).toBeLessThan(0.02);
    expect(Math.abs(gain('first', 1))).toBeLessThan(0.02);
    expect(Math.abs(gain('later', 0))).toBeLessThan(0.02);
    expect(examples.every(({ first, later }) => later.incumbent === first.finalists[0])).toBe(true);
  });

  it.each([undefined, 80])('is mostly accepted, and few runs accept anything after it (split: %s)', (pool) => {
    const plan = { alpha: 0.05, iterations: 10, finalists: 3, examples: 80, ...(pool !== undefined && { pool }) };
    const runs = Array.from({ length: 30 }, (_, seed) => acceptsAfterGain(law, plan, seed));
    const accepting = runs.filter((run) => run !== null);
    expect(accepting.length).toBeGreaterThan(18);
    // P(more than 5 of 30 at 5 %) = 0.3 %.
    expect(accepting.filter(Boolean).length).toBeLessThanOrEqual(5);
  });
});
