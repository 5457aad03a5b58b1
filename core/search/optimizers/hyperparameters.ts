import { isActive } from '../../system/active-variables';
import { contentHash } from '../../system/canonical-json';
import type { ComponentConfiguration } from '../../system/configuration';
import type { ComponentOptimizer, OptimizerContext } from '../component-optimizer';
import { hyperparameterProposals, type SettingsObservation } from '../hyperparameter-proposals';
import { differsOnlyIn, type Incumbent } from '../proposal';
import { searchSpace } from '../search-space';
import { standings } from '../standings';

/** Settings of a large space, at least: those beyond the optimizer's slots are spares where others offer too few. */
const fewest = 16;

/**
 * All hyperparameters jointly: the grid where it is small, otherwise a tree-structured Parzen estimator. Both know what the
 * preference data says of settings that differ in hyperparameters alone, and what became of those that earlier iterations tried.
 */
export const hyperparameters: ComponentOptimizer = {
  name: 'hyperparameters',
  kinds: ['hyperparameter'],
  propose: ({ incumbent, observations, past, count, stream }) =>
    hyperparameterProposals({
      incumbent,
      observations: [
        ...observations.filter(({ settings }) => differsOnlyIn('hyperparameter', incumbent, settings)),
        ...tried(incumbent, past),
      ],
      count: Math.max(fewest, count),
      stream,
    }),
};

/** Hyperparameters that earlier iterations tried alone, in the present incumbent's other settings. */
function tried(incumbent: Incumbent, past: OptimizerContext['past']): SettingsObservation[] {
  const space = searchSpace(incumbent.variables);
  const valuesOf = (settings: ComponentConfiguration): ComponentConfiguration =>
    Object.fromEntries(
      space.flatMap(({ name, variable }) => {
        const value = settings[name];
        return value !== undefined && isActive(variable, settings) ? [[name, value]] : [];
      }),
    );
  return standings(past, {
    incumbent: incumbent.settings,
    partOf: (settings) => contentHash(valuesOf(settings)),
    isPure: ({ changed }) => changed.every(({ kind }) => kind === 'hyperparameter'),
  }).map(({ settings, gain }) => ({ settings: { ...incumbent.settings, ...valuesOf(settings) }, value: gain }));
}
