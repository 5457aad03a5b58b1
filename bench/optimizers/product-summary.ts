import { mean } from '../../core/validation/moments';

export type Method = 'ours' | 'no-lrf' | 'random';
/** Real systems, and what is run on them (issue 6). Random search is measured on the quick start only. */
export const productSystems = {
  quickstart: { seeds: 3, methods: ['ours', 'no-lrf', 'random'] },
  hotpotqa: { seeds: 1, methods: ['ours', 'no-lrf'] },
  pubmedqa: { seeds: 1, methods: ['ours', 'no-lrf'] },
} as const satisfies Record<string, { seeds: number; methods: readonly Method[] }>;
export type ProductSystem = keyof typeof productSystems;

/** What one method reached on one seed. */
export interface Outcome {
  system: ProductSystem;
  method: Method;
  seed: number;
  /** Of the final configuration on test examples, with 95 % interval. */
  gain: number;
  ci95: [number, number];
  /** The same on the validation examples that the baseline was measured on; random search chose by them. */
  validatedGain: number;
  /** Model calls that were made. */
  calls: number;
  /** Component calls that were made, in whole system runs. */
  systemRuns: number;
}

type Figures = Pick<Outcome, 'gain' | 'validatedGain' | 'calls' | 'systemRuns'>;

export interface ProductSummary {
  /** Seeds of each method that was measured, and means over them. */
  methods: Partial<Record<Method, { seeds: number } & Figures>>;
  /** Model calls, and system runs, of ours over no-LRF's, whole runs; null: one was not measured. */
  callRatio: number | null;
  costRatio: number | null;
  /**
   * Mean difference of gains from random search over seeds. The 95 % interval is that of the test examples, as if both were measured
   * on examples of their own: they share them, so that it is wide rather than narrow. Null: not measured.
   */
  overRandom: { mean: number; ci95: [number, number] } | null;
}

export function summarizeProduct(outcomes: readonly Outcome[]): Partial<Record<ProductSystem, ProductSummary>> {
  const names = [...new Set(outcomes.map(({ system }) => system))];
  return Object.fromEntries(
    names.map((name) => [name, summaryOf(outcomes.filter(({ system }) => system === name))] as const),
  );
}

function summaryOf(outcomes: readonly Outcome[]): ProductSummary {
  const methods: ProductSummary['methods'] = {};
  for (const method of new Set(outcomes.map((item) => item.method))) {
    const own = outcomes.filter((item) => item.method === method);
    methods[method] = {
      seeds: own.length,
      gain: mean(own.map(({ gain }) => gain)),
      validatedGain: mean(own.map(({ validatedGain }) => validatedGain)),
      calls: mean(own.map(({ calls }) => calls)),
      systemRuns: mean(own.map(({ systemRuns }) => systemRuns)),
    };
  }
  const pairs = outcomes.flatMap((ours) => {
    const random = outcomes.find(({ method, seed }) => method === 'random' && seed === ours.seed);
    return ours.method === 'ours' && random !== undefined ? [{ ours, random }] : [];
  });
  const { ours, 'no-lrf': base } = methods;
  return {
    methods,
    callRatio: ours === undefined || base === undefined ? null : ours.calls / base.calls,
    costRatio: ours === undefined || base === undefined ? null : ours.systemRuns / base.systemRuns,
    overRandom: pairs.length === 0 ? null : meanDifference(pairs),
  };
}

function meanDifference(pairs: readonly { ours: Outcome; random: Outcome }[]): ProductSummary['overRandom'] {
  const centre = mean(pairs.map(({ ours, random }) => ours.gain - random.gain));
  const halves = pairs.flatMap(({ ours, random }) => [ours, random]).map(({ ci95 }) => (ci95[1] - ci95[0]) / 2);
  const half = Math.sqrt(halves.reduce((sum, value) => sum + value ** 2, 0)) / pairs.length;
  return { mean: centre, ci95: [centre - half, centre + half] };
}

/** The targets of issue 6 for real systems, in words, where they were missed: seeds, and random search. */
export function missedByProduct(systems: Partial<Record<ProductSystem, ProductSummary>>): string[] {
  return (Object.entries(systems) as [ProductSystem, ProductSummary][]).flatMap(([name, { methods, overRandom }]) => {
    const { seeds, methods: wanted } = productSystems[name];
    const missed = wanted
      .filter((method) => (methods[method]?.seeds ?? 0) < seeds)
      .map((method) => `${name}: ${methods[method]?.seeds ?? 0} seeds of ${method}, ${seeds} wanted`);
    if (overRandom !== null && overRandom.ci95[1] < 0) {
      missed.push(`${name}: significantly below random search at equal calls (${overRandom.mean.toFixed(3)})`);
    }
    return missed;
  });
}
