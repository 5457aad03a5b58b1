import type { Schedule } from '../../core/validation/component-schedule';

/** What a variant of the method changes. */
export interface Variant {
  /** False: no preference data and no reward; the global metric ranks (plan option `rewards`). */
  rewards: boolean;
  /** False: rewards are fitted once, on the initial configuration, and never again. */
  adapts: boolean;
  /** False: the mean difference of raw rewards ranks. */
  calibrated: boolean;
  schedule: Schedule;
  /** `pool`: every optimizer's proposals that need no model. `opro`: only what a scripted proposer writes that reads scores. */
  proposals: 'pool' | 'opro';
}

const ours: Variant = {
  rewards: true,
  adapts: true,
  calibrated: true,
  schedule: 'gain-per-cost',
  proposals: 'pool',
};

/** The variants that share the optimizer; random search is beside them. */
export const variants = {
  ours,
  'no-lrf': { ...ours, rewards: false },
  opro: { ...ours, rewards: false, proposals: 'opro' },
  uniform: { ...ours, schedule: 'uniform' },
  'no-adaptation': { ...ours, adapts: false },
  'no-calibration': { ...ours, calibrated: false },
} as const satisfies Record<string, Variant>;

export type OptimizerVariant = keyof typeof variants;
export type VariantName = OptimizerVariant | 'random';
export const variantNames: readonly VariantName[] = [
  'ours',
  'no-lrf',
  'random',
  'opro',
  'uniform',
  'no-adaptation',
  'no-calibration',
];
