import type { ComponentOptimizer } from '../component-optimizer';
import { modelProposals } from '../model-proposals';

/** Every other model, one change at a time. */
export const models: ComponentOptimizer = {
  name: 'models',
  kinds: ['model'],
  propose: ({ incumbent }) => modelProposals(incumbent),
};
