import type { ComponentConfiguration, Configuration } from '../system/configuration';
import type { Variables } from '../system/variable';
import { propose, type Proposal } from './proposal';

/**
 * Global model choice: for every model that this component and others may use, the proposal that all of them use it. Only where
 * that changes this component and at least one other: else it is a change of one component, which `modelProposals` makes.
 *
 * @param components name -> its variables, all that are tuned.
 */
export function sameModelProposals(
  component: string,
  components: Readonly<Record<string, Variables>>,
  incumbent: Configuration,
): Proposal[] {
  const models = Object.values(components[component] ?? {}).flatMap((variable) =>
    variable.type === 'model' ? variable.models : [],
  );
  return [...new Set(models)].flatMap((model) => {
    const changes = Object.entries(components).flatMap(([name, variables]) => {
      const proposal = withModel(variables, incumbent[name] ?? {}, model);
      return proposal === undefined ? [] : [{ name, proposal }];
    });
    const own = changes.find(({ name }) => name === component);
    const others = changes.filter(({ name }) => name !== component);
    if (own === undefined || others.length === 0) return [];
    return [
      {
        settings: own.proposal.settings,
        elsewhere: Object.fromEntries(others.map(({ name, proposal }) => [name, proposal.settings])),
        origin: 'same-model',
        changed: [own, ...others].flatMap(({ name, proposal }) =>
          proposal.changed.map((change) => ({ component: name, ...change })),
        ),
        note: `${model} in ${[component, ...others.map(({ name }) => name)].join(', ')}`,
      },
    ];
  });
}

/** Every model variable that offers the model set to it; undefined where that changes nothing. */
function withModel(variables: Variables, settings: ComponentConfiguration, model: string): Proposal | undefined {
  const offering = Object.entries(variables).filter(
    ([, variable]) => variable.type === 'model' && variable.models.includes(model),
  );
  const values = Object.fromEntries(offering.map(([name]) => [name, model]));
  return propose({ variables, settings }, values, { origin: 'same-model' });
}
