import type { ComponentOptimizer } from '../component-optimizer';
import { modelProposals } from '../model-proposals';
import { sameModelProposals } from '../same-model-proposals';

/** Every other model, one change at a time, then each model in all components that offer it. */
export const models: ComponentOptimizer = {
  name: 'models',
  kinds: ['model'],
  propose: ({ incumbent, component, system }) => [
    ...modelProposals(incumbent),
    ...sameModelProposals(component.name, system.variables, system.configuration),
  ],
};
