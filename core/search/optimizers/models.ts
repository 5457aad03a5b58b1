import { inTurn } from '../../random/in-turn';
import { contentHash } from '../../system/canonical-json';
import type { ComponentConfiguration } from '../../system/configuration';
import type { ComponentOptimizer, OptimizerContext } from '../component-optimizer';
import { modelProposals } from '../model-proposals';
import { differsOnlyIn, type Proposal } from '../proposal';
import { sameModelProposals } from '../same-model-proposals';
import { standings } from '../standings';

/**
 * Every other model, one change at a time, in turn with each model in all components that offer it. Single changes that were
 * tried in the run come last, by what they gained, the others by what the preference data says of them. Changes of all components
 * are shuffled: no gain of theirs is the component's own.
 */
export const models: ComponentOptimizer = {
  name: 'models',
  kinds: ['model'],
  propose: (context) => {
    const { incumbent, component, system, stream } = context;
    const { untried, tried } = bestFirst(modelProposals(incumbent), context);
    const everywhere = stream.shuffle(sameModelProposals(component.name, system.variables, system.configuration));
    return [...inTurn([untried, everywhere]), ...tried];
  },
};

function bestFirst(
  proposals: readonly Proposal[],
  { incumbent, observations, past }: Pick<OptimizerContext, 'incumbent' | 'observations' | 'past'>,
): { untried: Proposal[]; tried: Proposal[] } {
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
      .filter(({ settings }) => differsOnlyIn('model', incumbent, settings))
      .map(({ settings, value }) => [modelsOf(settings), value]),
  );
  const byGain = (gains: ReadonlyMap<string, number>, some: readonly Proposal[]): Proposal[] => {
    const gainOf = ({ settings }: Proposal): number => gains.get(modelsOf(settings)) ?? 0;
    return some.toSorted((a, b) => gainOf(b) - gainOf(a));
  };
  const isTried = ({ settings }: Proposal): boolean => tried.has(modelsOf(settings));
  return {
    untried: byGain(
      observed,
      proposals.filter((proposal) => !isTried(proposal)),
    ),
    tried: byGain(tried, proposals.filter(isTried)),
  };
}
