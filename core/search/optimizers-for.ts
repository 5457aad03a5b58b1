import type { Component } from '../system/component';
import type { ComponentConfiguration } from '../system/configuration';
import { hasChoice, hasPrompt } from '../system/variable';
import { applicableOptimizers } from './component-optimizer';
import { builtInOptimizers } from './optimizers/built-in';
import type { Optimizer } from './own-optimizer';

/** Who may propose settings in a run. */
export interface Proposing {
  /** The user's own optimizers. */
  own: readonly Pick<Optimizer, 'name' | 'kinds'>[];
  /** Names in the plan; `all`: every one. */
  named: 'all' | readonly string[];
  /** Whether there is a proposer model. */
  proposer: boolean;
}

/** Of the user's own optimizers those that have a variable of one of their kinds, with more than one value, in the component. */
export function optimizersFor<T extends Pick<Optimizer, 'kinds'>>(
  { configuration }: Pick<Component, 'configuration'>,
  optimizers: readonly T[],
): T[] {
  const types = new Set(
    Object.values(configuration)
      .filter(hasChoice)
      .map(({ type }) => type),
  );
  return optimizers.filter(({ kinds }) => kinds.some((kind) => types.has(kind)));
}

/** Whether one of the user's own optimizers that the plan names is for the component. */
export function hasOwnOptimizer(
  component: Pick<Component, 'configuration'>,
  { own, named }: Pick<Proposing, 'own' | 'named'>,
): boolean {
  return optimizersFor(component, own).some(({ name }) => named === 'all' || named.includes(name));
}

/** Whether one of the optimizers that the plan names can propose anything for the component. */
export function hasOptimizer(
  component: Pick<Component, 'configuration'>,
  settings: ComponentConfiguration,
  proposing: Proposing,
): boolean {
  if (hasOwnOptimizer(component, proposing)) return true;
  const incumbent = { variables: component.configuration, settings };
  return applicableOptimizers(builtInOptimizers, { ...proposing, incumbent, traces: [], past: [] }).length > 0;
}

/** Whether proposals for the component are made from traces of the incumbent: those of prompts are, and of one's own optimizers. */
export function readsTraces(
  component: Pick<Component, 'configuration'>,
  proposing: Pick<Proposing, 'own' | 'named'>,
): boolean {
  return hasPrompt(component.configuration) || hasOwnOptimizer(component, proposing);
}
