import type { RunRecord } from './measure-run';
import { summarize } from './summary';
import { missedTargets } from './targets';
import type { VariantName } from './variant';

const seeds = Array.from({ length: 200 }, (_, seed) => seed);

/** Runs that rise to `gain` in ten steps of `cost` each. */
const runs = (
  variant: VariantName,
  { cost, gain = 0.4 }: { cost: number; gain?: number },
  certificate: Partial<RunRecord['certificate']> = {},
): RunRecord[] =>
  seeds.map((seed) => ({
    system: 'chain-32',
    seed,
    variant,
    curve: Array.from({ length: 11 }, (_, step): RunRecord['curve'][number] => {
      const [at, value] = [cost * step, (gain * step) / 10 + 0.001 * (seed % 7) * step];
      return [at, value, value, at, at];
    }),
    left: 0,
    accepted: 3,
    falselyAccepted: 0,
    certificate:
      variant === 'random'
        ? null
        : {
            epsilon: 0.2,
            right: true,
            covers: true,
            headroomOnly: false,
            measuredEpsilons: [0.1, 0.2],
            measured: 9,
            tried: 9,
            ...certificate,
          },
    costs: { ranking: cost * 10 },
    alignment: null,
    seconds: 1,
  }));
const missedBy = (...records: RunRecord[][]): string[] => missedTargets(summarize(records.flat()));

describe('targets of the optimizer bench', () => {
  const [base, random] = [runs('no-lrf', { cost: 100 }), runs('random', { cost: 90, gain: 0.2 })];

  it('misses nothing where ours is half as dear, and surely right', () => {
    expect(missedBy(runs('ours', { cost: 45 }), base, random)).toEqual([]);
  });

  it('says what was missed: the cost, the certificate, random search, the seeds', () => {
    expect(missedBy(runs('ours', { cost: 80 }), base, random)).toEqual([
      expect.stringMatching(/^chain-32: 0\.8\d of no-LRF's cost/),
    ]);
    expect(missedBy(runs('ours', { cost: 45 }, { right: false, covers: false }), base, random)).toHaveLength(2);
    expect(missedBy(runs('ours', { cost: 45, gain: 0.1 }), base, runs('random', { cost: 40, gain: 0.2 }))).toEqual([
      expect.stringContaining("not reached: of no-LRF's cost"),
      ...['0.25', '0.50', '0.75', '1.00'].map((share): unknown =>
        expect.stringContaining(`significantly below random search at ${share} of its cost`),
      ),
    ]);
    expect(missedBy(runs('ours', { cost: 45 }).slice(0, 20), base, random)).toEqual([
      expect.stringContaining('20 seeds, 200 wanted'),
    ]);
  });

  it('sees random search ahead early on, though ours ends above it', () => {
    // Random search has its whole gain after a tenth of the cost of ours.
    const early = runs('random', { cost: 4, gain: 0.12 });
    const missed = missedBy(runs('ours', { cost: 45 }), base, early);
    expect(missed).toEqual([expect.stringContaining('at 0.25 of its cost')]);
  });

  it('wants the seeds on every system, and of what ours is compared with', () => {
    const plain = [...runs('ours', { cost: 45 }), ...random].map((record) => ({ ...record, system: 'chain' }));
    expect(missedBy(plain)).toEqual([]);
    expect(missedBy(plain.filter(({ seed }) => seed < 20))).toEqual([expect.stringContaining('20 seeds, 200 wanted')]);
    expect(missedBy(runs('ours', { cost: 45 }), base, random.slice(0, 150))).toEqual([
      expect.stringContaining('150 seeds, 200 wanted'),
    ]);
  });

  it('counts what was not measured as missed', () => {
    expect(missedBy(base)).toEqual([expect.stringContaining('ours was not measured')]);
    expect(missedBy(runs('ours', { cost: 45 }))).toHaveLength(2);
  });
});
