import type { ComponentOptimizer } from '../component-optimizer';
import { hyperparameterProposals } from '../hyperparameter-proposals';

/** All hyperparameters jointly: the grid where it is small, otherwise a tree-structured Parzen estimator. */
export const hyperparameters: ComponentOptimizer = {
  name: 'hyperparameters',
  kinds: ['hyperparameter'],
  propose: ({ incumbent, observations, stream }) => hyperparameterProposals({ incumbent, observations, stream }),
};
