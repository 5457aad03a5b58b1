import { inTurn } from '../../random/in-turn';
import { contentHash } from '../../system/canonical-json';
import type { ComponentConfiguration } from '../../system/configuration';
import type { ComponentOptimizer, OptimizerContext } from '../component-optimizer';
import { modelProposals } from '../model-proposals';
import { changesOnly, type Proposal } from '../proposal';
import { sameModelProposals } from '../same-model-proposals';
import { standings } from '../standings';

/**
 * Every other model, one change at a time, and in turn with these each model in all components that offer it. Of the single
 * changes what was not tried under the incumbent's other settings comes first, by what the preference data says of it; then
 * the rest, by what it gained. Changes of all components are shuffled: no gain of theirs is the component's own.
 */
export const models: ComponentOptimizer = {
  name: 'models',
  kinds: ['model'],
  propose: (context) => {
    const { incumbent, component, system, stream } = context;
    return inTurn([
      untriedFirst(modelProposals(incumbent), context),
      stream.shuffle(sameModelProposals(component.name, system.variables, system.configuration)),
    ]);
  },
};

function untriedFirst(
  proposals: readonly Proposal[],
  { incumbent, observations, past }: Pick<OptimizerContext, 'incumbent' | 'observations' | 'past'>,
): Proposal[] {
  const names = Object.keys(incumbent.variables).filter((name) => incumbent.variables[name]?.type === 'model');
  const modelsOf = (settings: ComponentConfiguration): string =>
    contentHash(names.map((name) => settings[name] ?? null));
  const tried = new Map(
    standings(past, {
      incumbent: incumbent.settings,
      partOf: modelsOf,
      isPure: ({ changed }) => changed.every(({ kind }) => kind === 'model'),
    }).map(({ part, gain }) => [part, gain]),
  );
  const observed = new Map(
    observations
      .filter(({ settings }) => changesOnly(incumbent, 'model', settings))
      .map(({ settings, value }) => [modelsOf(settings), value]),
  );
  const known = proposals.map((proposal) => {
    const part = modelsOf(proposal.settings);
    return { proposal, isTried: tried.has(part), gain: tried.get(part) ?? observed.get(part) ?? 0 };
  });
  return known
    .toSorted((a, b) => Number(a.isTried) - Number(b.isTried) || b.gain - a.gain)
    .map(({ proposal }) => proposal);
}
